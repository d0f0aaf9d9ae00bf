"""The disk that kills: it must do so where it was told to, else a kill sweep shows nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from datacats.engine.disk import RealDisk
from datacats.model.ports import Disk
from tests.support.faulty_disk import FaultyDisk


def changes(disk: Disk, path: Path) -> None:
    """Six changes, and looks in between that are none."""
    disk.make_directory(path / "a", 0o700)
    with disk.lock(path / "lock", "it", wait=0):
        disk.place(path / "a" / "file", b"", 0o600)
    assert disk.names(path / "a") == ("file",)
    disk.clone_tree(path / "a", path / "b")
    disk.move(path / "b", path / "c")
    assert disk.entry(path / "b") is None
    assert disk.read(path / "c" / "file") == b""
    assert disk.free(path) > 0
    disk.remove_tree(path / "a")


def status_of(action: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(
    ("at", "before", "after"),
    [
        (1, (), ("a",)),
        (2, ("a",), ("a", "lock")),
        (4, ("a", "lock"), ("a", "b", "lock")),
        (5, ("a", "b", "lock"), ("a", "c", "lock")),
        (6, ("a", "c", "lock"), ("c", "lock")),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_process_dies_right_before_or_after_the_change(
    tmp_path: Path, at: int, when: Literal["before", "after"], before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    status = status_of(lambda: changes(FaultyDisk(RealDisk(), at, when), tmp_path))
    assert status == -signal.SIGKILL
    assert RealDisk().names(tmp_path) == {"before": before, "after": after}[when]


def test_past_the_last_change_nobody_dies(tmp_path: Path) -> None:
    assert status_of(lambda: changes(FaultyDisk(RealDisk(), 7), tmp_path)) == 0


def test_disarmed_it_counts(tmp_path: Path) -> None:
    disk = FaultyDisk(RealDisk(), 0)
    changes(disk, tmp_path)
    disk.run(["true"])
    assert disk.count == 7
