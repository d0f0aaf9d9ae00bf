"""Locks of the real disk between processes."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest

from datacats.engine import locks
from datacats.engine.disk import RealDisk
from datacats.errors import Busy, DiskError
from tests.support.users import common_directory, needs_root, unprivileged

HOLD = """
import sys
from pathlib import Path
from datacats.engine.disk import RealDisk
with RealDisk().lock(Path(sys.argv[1]), "it", wait=0):
    print("held", flush=True)
    sys.stdin.read()
"""
AT_ONCE = 0
PATIENT = 30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@contextmanager
def held_by_another(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Let another process hold the lock; it gives it back when its input ends."""
    command = [sys.executable, "-c", HOLD, str(path), "secret"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def take_and_give_back(path: Path, patience: float) -> int:
    with RealDisk().lock(path, "it", wait=patience):
        return path.stat().st_ino


def number_of_open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def still_waits(waiting: Future[int]) -> bool:
    return not wait([waiting], timeout=0.2).done


def test_another_process_is_named_with_its_command_and_the_time(path: Path) -> None:
    with held_by_another(path) as other, pytest.raises(Busy) as caught:
        take_and_give_back(path, AT_ONCE)
    today = time.strftime("%Y-%m-%dT")
    assert str(caught.value).startswith(f"It is in use by -c {path} secret (pid {other.pid}, since {today}")
    assert caught.value.hint


def test_the_file_says_who_holds_it_and_is_empty_afterwards(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/bin/datacats", "ckan", "user", "setpass", "hunter2"])
    with RealDisk().lock(path, "it", wait=AT_ONCE):
        holder = json.loads(path.read_text())
    assert (holder["pid"], holder["command"]) == (os.getpid(), "datacats ckan user")
    assert path.read_bytes() == b""


def test_a_holder_that_is_killed_frees_the_lock(path: Path) -> None:
    with held_by_another(path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        take_and_give_back(path, AT_ONCE)


def test_who_waits_gets_the_lock_when_it_is_given_back(path: Path) -> None:
    with held_by_another(path) as other, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(take_and_give_back, path, PATIENT)
        assert still_waits(waiting)
        assert other.stdin
        other.stdin.close()
        assert waiting.result() == path.stat().st_ino


def test_a_lock_that_was_not_to_be_had_leaves_nothing_open(path: Path) -> None:
    with RealDisk().lock(path, "it", wait=AT_ONCE):
        before = number_of_open_files()
        with pytest.raises(Busy):
            take_and_give_back(path, AT_ONCE)
        assert number_of_open_files() == before


def test_who_waits_longer_than_a_moment_is_told_once_who_is_in_the_way(path: Path) -> None:
    told: list[str] = []
    with held_by_another(path) as other, pytest.raises(Busy):
        RealDisk().lock(path, "the site x", wait=locks.SILENT + 0.5, tell=told.append).__enter__()
    assert told == [f"Waiting for the site x (pid {other.pid}: -c {path} secret) ..."]


def test_a_short_wait_is_not_worth_a_word(path: Path) -> None:
    told: list[str] = []
    with held_by_another(path), pytest.raises(Busy):
        RealDisk().lock(path, "the site x", wait=locks.SILENT / 4, tell=told.append).__enter__()
    assert told == []


def test_a_holder_that_runs_as_a_module_has_the_name_of_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/lib/datacats/__main__.py", "spare", "catstown"])
    assert locks.Holder.this().command == "datacats spare catstown"


def test_waiting_ends_at_its_deadline_and_hardly_costs_anything(path: Path) -> None:
    with held_by_another(path):
        began, worked = time.monotonic(), time.process_time()
        with pytest.raises(Busy):
            take_and_give_back(path, 0.5)
    assert time.monotonic() - began == pytest.approx(0.5, abs=0.4)
    assert time.process_time() - worked < 0.2


def test_who_waited_for_a_file_that_was_removed_locks_the_one_of_that_name(path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with RealDisk().lock(path, "it", wait=AT_ONCE):
            waiting = pool.submit(take_and_give_back, path, PATIENT)
            assert still_waits(waiting)
            path.rename(path.with_name("removed"))
            path.touch(0o600)
        assert waiting.result() == path.stat().st_ino


def test_who_waited_in_a_directory_that_was_removed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "site" / "lock"
    path.parent.mkdir()
    with ThreadPoolExecutor(1) as pool:
        with RealDisk().lock(path, "it", wait=AT_ONCE):
            waiting = pool.submit(take_and_give_back, path, PATIENT)
            assert still_waits(waiting)
            RealDisk().remove_tree(path.parent)
        with pytest.raises(DiskError, match=r"lock cannot be locked: no such file or directory"):
            waiting.result()


def test_a_program_started_meanwhile_does_not_keep_the_lock(path: Path) -> None:
    with RealDisk().lock(path, "it", wait=AT_ONCE):
        program = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        take_and_give_back(path, AT_ONCE)
    finally:
        program.kill()
        program.wait()


def test_a_lock_can_be_had_on_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    take_and_give_back(path, AT_ONCE)


def test_a_holder_that_has_not_yet_written_who_it_is_is_another_command(path: Path) -> None:
    with RealDisk().lock(path, "it", wait=AT_ONCE):
        path.write_bytes(b"")
        with pytest.raises(Busy, match=r"^It is in use by another command\.$"):
            take_and_give_back(path, AT_ONCE)


def test_a_link_in_place_of_the_file_is_not_followed(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))
    with pytest.raises(DiskError, match=r"a symbolic link lies there"):
        take_and_give_back(path, AT_ONCE)
    assert not path.with_name("elsewhere").exists()


@needs_root
def test_a_lock_made_by_root_can_be_taken_by_the_owner_of_the_directory() -> None:
    with common_directory() as directory:
        take_and_give_back(directory / "lock", AT_ONCE)
        with unprivileged():
            take_and_give_back(directory / "lock", AT_ONCE)


def test_only_one_of_many_holds_the_lock_at_a_time(path: Path) -> None:
    inside: list[int] = []

    def work(number: int) -> None:
        with RealDisk().lock(path, "it", wait=PATIENT):
            inside.append(number)
            time.sleep(0.001)
            assert inside == [number]
            inside.clear()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))


def test_the_time_of_a_holder_tells_its_offset() -> None:
    assert locks.Holder.this().started[-6] in "+-"
