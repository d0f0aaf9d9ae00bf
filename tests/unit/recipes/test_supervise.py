"""What runs CKAN's code beside web, under its supervisor: new code after a change, patience with mistakes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import pytest

from tests.unit.recipes.image_file import IMAGES, load

SUPERVISE = IMAGES / "web" / "supervise.py"
DEADLINE = 15.0

Process = subprocess.Popen[str]


class Program:
    """A program that does what a script says, under the real supervisor."""

    def __init__(self, home: Path) -> None:
        self.project = home / "project"
        self.project.mkdir()
        self.script = home / "program"
        self.log = home / "log"
        self.processes: list[Process] = []

    def does(self, script: str) -> None:
        self.script.write_text(f'#!/bin/sh\necho "started $*" >> {self.log}\n{script}\n')
        self.script.chmod(0o755)

    def runs(self) -> None:
        """Let it run until it is told to stop, which it then says."""
        self.does(f"trap 'echo told >> {self.log}; exit 7' TERM\necho listening >> {self.log}\n{FOR_EVER}")

    def start(self, *words: str) -> Process:
        env = {"PATH": os.environ["PATH"], "DATACATS_PROJECT": str(self.project), "DATACATS_INTERVAL": "0.05"}
        command = [sys.executable, str(SUPERVISE), str(self.script), *words]
        process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def said(self, word: str) -> int:
        return self.log.read_text().count(word) if self.log.exists() else 0

    def wait_until_it_says(self, word: str, times: int = 1) -> None:
        end = time.monotonic() + DEADLINE
        while self.said(word) < times:
            assert time.monotonic() < end, f"the program never said {word}"
            time.sleep(0.02)


FOR_EVER = "while :; do sleep 0.05; done"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path)
    yield made
    for process in made.processes:
        process.terminate()
        process.communicate(timeout=DEADLINE)


def errors(process: Process) -> IO[str]:
    assert process.stderr is not None
    return process.stderr


def test_the_program_gets_the_words_after_it(program: Program) -> None:
    program.runs()
    program.start("jobs", "worker")
    program.wait_until_it_says("started jobs worker")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_tells_to_stop_reaches_the_program_and_its_answer_is_the_status(
    program: Program, number: signal.Signals
) -> None:
    program.does(f"trap 'exit 7' {number.name.removeprefix('SIG')}\necho listening >> {program.log}\n{FOR_EVER}")
    process = program.start()
    program.wait_until_it_says("listening")
    process.send_signal(number)
    assert process.wait(DEADLINE) == 7


def test_after_a_change_of_the_source_the_program_ends_in_its_own_way_and_starts_anew(program: Program) -> None:
    program.runs()
    process = program.start()
    program.wait_until_it_says("listening")
    (program.project / "plugin.py").write_text("x = 1\n")
    program.wait_until_it_says("listening", 2)
    assert program.said("told") == 1
    assert errors(process).readline() == "datacats: something changed.\n"


class Round:
    """A supervisor of a program that goes on after it was told: each look finds another source."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *signals: signal.Signals | None) -> None:
        watching = load("web/supervise.py")
        looks = iter(range(100))
        arriving = [SimpleNamespace(si_signo=each) if each else None for each in (None, None, *signals)]
        ended = iter([*(None for _ in arriving[1:]), 0])
        self.sent: list[int] = []
        self.supervisor = watching.Supervisor(["program"])
        monkeypatch.setattr(watching, "stamps", lambda: {"plugin.py": (next(looks), 1)})
        monkeypatch.setattr(watching.os, "posix_spawnp", lambda *_, **__: 42)
        monkeypatch.setattr(watching.os, "kill", lambda _, number: self.sent.append(number))
        monkeypatch.setattr(watching.signal, "sigtimedwait", lambda *_: arriving.pop(0))
        monkeypatch.setattr(self.supervisor, "collect", lambda: next(ended))


def test_a_program_is_told_once_however_often_the_source_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker takes the second word for "at once": the job that it should finish would be lost."""
    watched = Round(monkeypatch, None, None)
    assert watched.supervisor.run({}) == 0
    assert watched.sent == [signal.SIGTERM]


def test_a_program_that_was_told_of_a_change_is_not_told_again_by_a_stop_but_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Round(monkeypatch, signal.SIGTERM)
    assert watched.supervisor.run({}) == 0
    assert watched.sent == [signal.SIGTERM]
    insisted = Round(monkeypatch, signal.SIGTERM, signal.SIGINT)
    assert insisted.supervisor.run({}) == 0
    assert insisted.sent == [signal.SIGTERM, signal.SIGINT]


def test_a_program_that_starts_anew_is_told_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Round(monkeypatch)
    watched.supervisor.told = True
    watched.supervisor.run({})
    assert watched.sent == [signal.SIGTERM]


@pytest.mark.parametrize("path", ["theme.css", ".git/config.py", "node_modules/x.json", "__pycache__/x.py"])
def test_what_ckan_does_not_read_when_it_starts_restarts_nothing(program: Program, path: str) -> None:
    watching = load("web/supervise.py")
    watching.PROJECT = str(program.project)
    before = watching.stamps()
    (program.project / path).parent.mkdir(exist_ok=True)
    (program.project / path).write_text("x")
    assert watching.stamps() == before
    (program.project / "plugin.py").write_text("x")
    assert watching.stamps() != before


def test_a_program_that_cannot_run_is_told_once_and_started_again_by_the_mending_change(program: Program) -> None:
    program.does("exit 3")
    process = program.start()
    assert "it ended with status 3; it starts again when something changes, or in 5 s" in errors(process).readline()
    assert program.said("started") == 1
    program.runs()
    (program.project / "plugin.py").write_text("x = 1\n")
    program.wait_until_it_says("listening")


def test_while_it_waits_for_that_change_it_can_be_stopped(program: Program) -> None:
    program.does("exit 3")
    process = program.start()
    errors(process).readline()
    process.terminate()
    assert process.wait(DEADLINE) == 128 + signal.SIGTERM


def test_what_the_program_leaves_behind_ends_with_it(program: Program, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    program.does(f"sleep 60 &\necho $! > {pid}\nexit 3")
    process = program.start()
    errors(process).readline()
    end = time.monotonic() + DEADLINE
    while Path(f"/proc/{pid.read_text().strip()}/cmdline").exists() and time.monotonic() < end:
        if "sleep" not in Path(f"/proc/{pid.read_text().strip()}/cmdline").read_text():
            break
        time.sleep(0.02)
    assert time.monotonic() < end
    process.terminate()


def test_a_source_that_takes_long_to_look_through_is_looked_at_more_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = load("web/supervise.py")
    times = iter([0.0, 0.5])
    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=lambda: next(times)))
    pace = watching.Pace()
    pace.at()
    assert pace.pause == 50.0
