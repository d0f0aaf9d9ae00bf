"""Removing trees from the real disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import DiskError
from tests.support.users import common_directory, needs_root, unprivileged


@pytest.fixture
def common() -> Iterator[Path]:
    with common_directory() as path:
        yield path


@pytest.mark.parametrize("mode", [0o000, 0o500, 0o600])
def test_modes_that_keep_their_owner_out_are_no_obstacle(common: Path, mode: int) -> None:
    with unprivileged():
        (common / "tree" / "inside").mkdir(parents=True)
        (common / "tree" / "inside" / "file").touch(0o000)
        (common / "tree" / "inside").chmod(mode)
        (common / "tree").chmod(mode)
        RealDisk().remove_tree(common / "tree")
    assert not (common / "tree").exists()


@needs_root
def test_a_file_in_a_directory_of_another_user_is_named_with_that_user(common: Path) -> None:
    (common / "tree" / "theirs").mkdir(parents=True)
    (common / "tree" / "theirs" / "file").touch()
    (common / "tree" / "theirs").chmod(0o755)
    with (
        unprivileged(),
        pytest.raises(DiskError, match=r"theirs/file cannot be removed: its directory belongs to root \(uid 0\)\."),
    ):
        RealDisk().remove_tree(common / "tree")


@needs_root
def test_a_closed_directory_of_another_user_is_named_with_that_user(common: Path) -> None:
    theirs = common / "tree" / "theirs"
    (theirs / "inside").mkdir(parents=True)
    theirs.chmod(0o700)
    with (
        unprivileged(),
        pytest.raises(DiskError, match=r"theirs cannot be removed: .* belongs to root \(uid 0\)\.") as caught,
    ):
        RealDisk().remove_tree(common / "tree")
    assert caught.value.hint == f"Remove it as that user or as root: sudo rm -r {theirs}"


@needs_root
def test_a_user_without_a_name_is_named_by_number(common: Path) -> None:
    theirs = common / "theirs"
    RealDisk().make_directory(theirs / "inside", 0o755, (4711, 4711))
    with unprivileged(), pytest.raises(DiskError, match=r"belongs to uid 4711\."):
        RealDisk().remove_tree(theirs)


@needs_root
def test_an_empty_closed_directory_of_another_user_can_be_removed_from_ones_own(common: Path) -> None:
    RealDisk().make_directory(common / "tree", 0o755, (65534, 65534))
    RealDisk().make_directory(common / "tree" / "theirs", 0o700)
    with unprivileged():
        RealDisk().remove_tree(common / "tree")
    assert not (common / "tree").exists()


def test_a_link_that_takes_the_place_of_a_directory_meanwhile_leads_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory, elsewhere = tmp_path / "tree" / "directory", tmp_path / "elsewhere"
    directory.mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "file").touch()

    def swap(name: str, *, dir_fd: int) -> None:
        del dir_fd
        if name == directory.name:
            directory.rename(tmp_path / "away")
            directory.symlink_to(elsewhere)
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))

    monkeypatch.setattr(os, "rmdir", swap)
    with pytest.raises(DiskError):
        RealDisk().remove_tree(tmp_path / "tree")
    assert (elsewhere / "file").exists()


def test_a_deep_tree_is_removed_to_its_root(tmp_path: Path) -> None:
    deep = tmp_path / "tree" / "/".join(["d"] * 200)
    deep.mkdir(parents=True)
    RealDisk().remove_tree(tmp_path / "tree")
    assert list(tmp_path.iterdir()) == []
