"""The program that runs a site's commands at their times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.unit.recipes.image_file import IMAGES, load

DEADLINE = 15.0


@pytest.fixture
def cron(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[object, list[str]]]:
    """The program, and what it says."""
    module = load("web/cron.py")
    said: list[str] = []
    monkeypatch.setattr(module, "say", said.append)
    made = module.Cron([])
    yield made, said
    for pid in made.running:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def wait(made: object, said: list[str], count: int) -> None:
    end = time.monotonic() + DEADLINE
    while len(said) < count and time.monotonic() < end:
        made.collect()  # type: ignore[attr-defined]
        time.sleep(0.02)


def test_a_command_is_told_when_it_starts_and_how_it_ends(cron: tuple[object, list[str]]) -> None:
    made, said = cron
    made.start("exit 3")  # type: ignore[attr-defined]
    wait(made, said, 2)
    assert said == ["starts: exit 3", "ended with status 3: exit 3"]


def test_a_command_that_still_runs_is_not_started_a_second_time(cron: tuple[object, list[str]]) -> None:
    made, said = cron
    made.start("sleep 60")  # type: ignore[attr-defined]
    made.start("sleep 60")  # type: ignore[attr-defined]
    assert said == ["starts: sleep 60", "still runs, left out this time: sleep 60"]


def test_the_next_minute_is_a_full_one_and_never_now() -> None:
    module = load("web/cron.py")
    assert module.next_minute(59.9) == 60
    assert module.next_minute(60.0) == 120


def test_told_to_stop_it_ends_well_at_once() -> None:
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # until it waits for it
    process = subprocess.Popen([sys.executable, str(IMAGES / "web" / "cron.py")], stderr=subprocess.PIPE)
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    process.terminate()
    assert process.wait(DEADLINE) == 0
    process.communicate()
