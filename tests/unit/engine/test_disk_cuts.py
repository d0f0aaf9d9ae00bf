"""A command killed at any step leaves no file or tree half made under its name, and nothing that stays for good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from tests.support.cut import cuts
from tests.support.users import needs_root

OLD, NEW = b"old" * 1000, b"new" * 5000


def everything_in(path: Path) -> list[str]:
    return sorted(each.name for each in path.iterdir())


def test_a_file_is_the_old_or_the_new_one_whenever_its_writing_is_cut(tmp_path: Path) -> None:
    disk, file = RealDisk(), tmp_path / "file"
    disk.place(file, OLD, 0o600)
    seen = []
    for _ in cuts(lambda: disk.place(file, NEW, 0o600)):
        seen.append(disk.read(file))
        assert disk.names(tmp_path) == ("file",)
    assert set(seen) == {OLD, NEW}


def test_what_a_cut_left_beside_a_file_goes_with_its_next_writing(tmp_path: Path) -> None:
    disk, file = RealDisk(), tmp_path / "file"
    left = [everything_in(tmp_path) for _ in cuts(lambda: disk.place(file, NEW, 0o600))]
    assert any(names not in ([], ["file"]) for names in left), "no cut left anything: this test shows nothing"
    disk.place(file, NEW, 0o600)
    assert everything_in(tmp_path) == ["file"]


@pytest.mark.parametrize("owner", [None, pytest.param((4711, 4712), marks=needs_root)])
def test_a_directory_that_is_there_after_a_cut_has_its_mode_and_owner(
    tmp_path: Path, owner: tuple[int, int] | None
) -> None:
    disk, path = RealDisk(), tmp_path / "a" / "b"
    wanted = (0o750, *(owner or (os.geteuid(), os.getegid())))
    for _ in cuts(lambda: disk.make_directory(path, 0o750, owner)):
        for made in (path.parent, path):
            entry = disk.entry(made)
            assert entry is None or (entry.mode, entry.uid, entry.gid) == wanted
    assert everything_in(tmp_path) == ["a"]
    assert everything_in(tmp_path / "a") == ["b"]


def test_a_clone_is_whole_or_not_there_whenever_it_is_cut(tmp_path: Path) -> None:
    disk = RealDisk()
    disk.make_directory(tmp_path / "old" / "inside", 0o700)
    for name in ("one", "two", "inside/three"):
        disk.place(tmp_path / "old" / name, NEW, 0o600)
    disk.make_directory(tmp_path / "clones", 0o700)
    target = tmp_path / "clones" / "new"

    for _ in cuts(lambda: disk.clone_tree(tmp_path / "old", target)):
        if disk.names(target.parent):
            assert disk.names(target.parent) == ("new",)
            assert [disk.read(target / name) for name in ("one", "two", "inside/three")] == [NEW] * 3
        disk.remove_tree(target)
    assert everything_in(target.parent) == ["new"]


def test_what_another_process_still_writes_is_not_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk, fsync = RealDisk(), os.fsync
    calls = 0

    def place_again_in_the_middle(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            disk.place(tmp_path / "file", b"by another", 0o600)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", place_again_in_the_middle)
    disk.place(tmp_path / "file", b"the last", 0o600)
    assert everything_in(tmp_path) == ["file"]
    assert disk.read(tmp_path / "file") == b"the last"
