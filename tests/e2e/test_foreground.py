"""``start --interactive`` on a real terminal: a breakpoint asks there, and goes on there."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import threading
import time
from collections.abc import Iterator

import docker
import pytest

from tests.e2e.conftest import Running
from tests.e2e.extension import Extension, extended
from tests.e2e.installation import PROGRAM

DEADLINE = 90


class Terminal:
    """A terminal with web in its foreground."""

    def __init__(self, site: Running) -> None:
        ours, theirs = pty.openpty()
        command = [*PROGRAM, "start", "-i", site.name]
        env = site.installation.env
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
        )
        os.close(theirs)
        self.ours = ours
        self.seen = ""

    def wait_for(self, text: str) -> None:
        """Read what appears until a text was there, and forget what came before its end."""
        end = time.monotonic() + DEADLINE
        while text not in self.seen:
            ready, _, _ = select.select([self.ours], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{text!r} never came: {self.seen[-500:]}"
            self.seen += os.read(self.ours, 4096).decode(errors="replace")
        self.seen = self.seen.partition(text)[2]

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self.ours, text.encode())


@pytest.fixture
def extension(catstown: Running) -> Iterator[Extension]:
    with extended(catstown) as made:
        yield made


def test_a_breakpoint_asks_on_the_terminal_and_the_request_goes_on_from_there(
    catstown: Running, extension: Extension, engine: docker.APIClient
) -> None:
    text = extension.plugin.read_text()
    extension.plugin.write_text(text.replace('lambda: "first"', "self.said").replace("    def get_", _SAID, 1))
    terminal = Terminal(catstown)
    terminal.wait_for("Running CKAN on")
    answers: list[tuple[int, str]] = []
    request = threading.Thread(target=lambda: answers.append(page(catstown)))
    request.start()
    terminal.wait_for("(Pdb)")
    terminal.type("word = 'typed'\n")
    terminal.wait_for("(Pdb)")
    terminal.type("c\n")
    request.join()
    assert answers == [(200, "template one typed")]
    engine.remove_container(f"datacats_web_{catstown.name}", force=True)
    terminal.process.wait(DEADLINE)
    os.close(terminal.ours)


def page(site: Running) -> tuple[int, str]:
    """Ask again while web does not listen yet: it says that it runs a little early."""
    end = time.monotonic() + DEADLINE
    while True:
        try:
            return site.ckan.get("/about")
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


_SAID = """\
    def said(self):
        word = "first"
        breakpoint()
        return word

    def get_"""
