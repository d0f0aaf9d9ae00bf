"""The development server's first process: it stays when the server falls, and goes when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.recipes.image_file import IMAGES, load

DEVELOP = IMAGES / "web" / "develop.py"
DEADLINE = 15.0

Process = subprocess.Popen[str]


class Server:
    """A ``ckan`` that does what a script says, under the real supervisor."""

    def __init__(self, home: Path) -> None:
        self.project = home / "project"
        self.project.mkdir()
        self.ini = home / "ckan.ini"
        self.ini.write_text("")
        self.script = home / "datacats-serve"
        self.log = home / "log"
        self.processes: list[Process] = []

    def does(self, script: str) -> None:
        """Replace at once: a shell reads its script as it goes."""
        fresh = self.script.with_suffix(".new")
        fresh.write_text(f'#!/bin/sh\necho "started $*" >> {self.log}\n{script}\n')
        fresh.chmod(0o755)
        fresh.replace(self.script)

    def start(self, *words: str) -> Process:
        env = {
            "PATH": f"{self.script.parent}:{os.environ['PATH']}",
            "CKAN_INI": str(self.ini),
            "DATACATS_PROJECT": str(self.project),
        }
        command = [sys.executable, str(DEVELOP), *words]
        process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def started(self) -> int:
        return self.log.read_text().count("started") if self.log.exists() else 0

    def wait_until_it_says(self, word: str) -> None:
        end = time.monotonic() + DEADLINE
        while not (self.log.exists() and word in self.log.read_text()):
            assert time.monotonic() < end, f"the server never said {word}"
            time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    for process in made.processes:
        process.kill()
        process.communicate()


def next_line(process: Process) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def test_the_server_listens_for_the_whole_container_and_gets_further_words(server: Server) -> None:
    server.does("exit 0")
    assert server.start("--disable-reloader").wait(DEADLINE) == 0
    assert server.log.read_text() == "started run -H 0.0.0.0 -p 5000 --disable-reloader\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_server_and_its_answer_is_the_exit_status(server: Server, number: signal.Signals) -> None:
    trap = f"trap 'exit 7' {number.name.removeprefix('SIG')}"
    server.does(f"{trap}\necho listening >> {server.log}\nwhile :; do sleep 0.05; done")
    process = server.start()
    server.wait_until_it_says("listening")
    process.send_signal(number)
    assert process.wait(DEADLINE) == 7


def test_a_signal_reaches_what_the_server_started(server: Server) -> None:
    server.does(f"sh -c 'echo child >> {server.log}; sleep 60' & wait")
    process = server.start()
    server.wait_until_it_says("child")
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE) == 128 + signal.SIGTERM


def test_a_server_that_fell_is_started_again_when_a_file_of_the_source_changes(server: Server) -> None:
    (server.project / "plugin.py").write_text("def broken(:\n")
    server.does("exit 3")
    process = server.start()
    assert "ended with status 3; waiting for a change" in next_line(process)
    server.does("exit 0")
    (server.project / "plugin.py").write_text("fixed = True\n")
    assert process.wait(DEADLINE) == 0
    assert server.started() == 2


def test_a_server_that_fell_is_started_again_when_the_ini_changes(server: Server) -> None:
    server.does("exit 3")
    process = server.start()
    next_line(process)
    server.does("exit 0")
    server.ini.write_text("[app:main]\n")
    assert process.wait(DEADLINE) == 0


def test_a_server_that_fell_is_not_started_again_for_nothing(server: Server) -> None:
    server.does("exit 3")
    process = server.start()
    next_line(process)
    time.sleep(1.2)
    assert server.started() == 1
    assert process.poll() is None


def test_while_it_waits_it_goes_when_told(server: Server) -> None:
    server.does("exit 3")
    process = server.start()
    next_line(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE) == 128 + signal.SIGTERM


def test_what_is_no_source_is_not_watched(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for directory in (".git", "__pycache__", "node_modules", "ckanext"):
        (server.project / directory).mkdir()
        (server.project / directory / "file").write_text("")
    monkeypatch.setenv("DATACATS_PROJECT", str(server.project))
    monkeypatch.setenv("CKAN_INI", str(server.ini))
    seen = set(load("web/develop.py").stamps())
    assert seen == {str(server.ini), str(server.project / "ckanext" / "file")}


def test_a_file_that_vanishes_is_a_change(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake = server.project / "mistake.py"
    mistake.write_text("")
    monkeypatch.setenv("DATACATS_PROJECT", str(server.project))
    develop = load("web/develop.py")
    before = develop.stamps()
    mistake.unlink()
    assert develop.stamps() != before


def test_what_a_fallen_server_leaves_behind_does_not_keep_its_port(server: Server) -> None:
    left = server.log.with_name("left")
    server.does(f"sleep 60 &\necho $! > {left}\nexit 3")
    next_line(server.start())
    end = time.monotonic() + DEADLINE
    while is_running(int(left.read_text())):
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether that process does anything any more; without a first process of our own it may stay a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_processes_that_nobody_waits_for_do_not_end_the_server(server: Server) -> None:
    server.does("(sleep 0.1 &)\nsleep 0.4\nexit 5")
    process = server.start()
    assert "status 5" in next_line(process)
