"""Cloning trees on the real disk."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import DiskError
from tests.support.users import common_directory, needs_root, unprivileged

LONG_AGO = (1_000_000_000_123_456_789, 1_000_000_001_123_456_789)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old"
    (path / "inside" / "deep").mkdir(parents=True)
    for number in range(3):
        (path / "inside" / f"file{number}").write_bytes(bytes([number]) * 10_000)
    (path / "nothing").touch()
    return path


@pytest.fixture
def common() -> Iterator[Path]:
    with common_directory() as path:
        yield path


def facts(top: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path.relative_to(top)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [top, *top.rglob("*")]
    }


def refuse_to_share(*_arguments: object) -> None:
    raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))


def test_times_and_modes_are_kept_to_the_last_bit_and_nanosecond(old: Path) -> None:
    (old / "inside" / "file0").chmod(0o4751)
    (old / "inside" / "deep").chmod(0o2710)
    (old / "link").symlink_to("nowhere")
    for path in [*sorted(old.rglob("*"), reverse=True), old]:
        os.utime(path, ns=LONG_AGO, follow_symlinks=False)
    RealDisk().clone_tree(old, old.parent / "new")
    assert facts(old.parent / "new") == facts(old)


def test_directories_that_nobody_may_write_to_are_cloned_with_what_is_in_them(common: Path) -> None:
    with unprivileged():
        (common / "old" / "inside").mkdir(parents=True)
        (common / "old" / "inside" / "file").touch(0o400)
        (common / "old" / "inside").chmod(0o500)
        RealDisk().clone_tree(common / "old", common / "new")
    assert stat.S_IMODE((common / "new" / "inside").stat().st_mode) == 0o500
    assert (common / "new" / "inside" / "file").exists()


@needs_root
def test_the_owner_gets_everything_links_too_and_no_mode_is_lost_by_it(old: Path) -> None:
    (old / "link").symlink_to("nowhere")
    (old / "program").touch()
    (old / "program").chmod(0o4755)
    new = old.parent / "new"
    RealDisk().clone_tree(old, new, (4711, 4712))
    assert stat.S_IMODE((new / "program").stat().st_mode) == 0o4755
    assert {(path.lstat().st_uid, path.lstat().st_gid) for path in [new, *new.rglob("*")]} == {(4711, 4712)}


def test_sockets_and_pipes_are_left_out(old: Path) -> None:
    os.mkfifo(old / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(old / "socket"))
        RealDisk().clone_tree(old, old.parent / "new")
    assert sorted(path.name for path in (old.parent / "new").iterdir()) == ["inside", "nothing"]


def test_a_link_to_a_tree_is_cloned_as_the_tree(old: Path) -> None:
    (old.parent / "link").symlink_to("old")
    RealDisk().clone_tree(old.parent / "link", old.parent / "new")
    assert facts(old.parent / "new") == facts(old)


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_left(common: Path) -> None:
    with unprivileged():
        (common / "old" / "inside").mkdir(parents=True)
        (common / "old" / "inside" / "secret").touch(0o000)
        with pytest.raises(DiskError, match=r"old/inside/secret cannot be copied: permission denied"):
            RealDisk().clone_tree(common / "old", common / "new")
    assert [path.name for path in common.iterdir()] == ["old"]


def test_a_full_disk_names_the_target_and_leaves_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(fcntl, "ioctl", refuse_to_share)
    monkeypatch.setattr(os, "copy_file_range", full)
    with pytest.raises(DiskError, match=r"new cannot be made a copy of .*old: no space is left"):
        RealDisk().clone_tree(old, old.parent / "new")
    assert [path.name for path in old.parent.iterdir()] == ["old"]


def test_where_blocks_can_be_shared_nothing_is_copied(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[tuple[int, int]] = []

    def share(new: int, _request: int, old: int) -> None:
        shared.append((new, old))
        os.sendfile(new, old, 0, 10_000)

    monkeypatch.setattr(fcntl, "ioctl", share)
    monkeypatch.delattr(os, "copy_file_range")
    assert RealDisk().clone_tree(old, old.parent / "new") == "reflink"
    assert len(shared) == 3, "one for each file with content"
    assert facts(old.parent / "new") == facts(old)


def test_where_blocks_cannot_be_shared_it_is_asked_only_once(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(*_arguments: object) -> None:
        asked.append(1)
        refuse_to_share()

    monkeypatch.setattr(fcntl, "ioctl", refuse)
    assert RealDisk().clone_tree(old, old.parent / "new") == "copy"
    assert len(asked) == 1
    assert facts(old.parent / "new") == facts(old)


@pytest.mark.parametrize("code", [errno.EXDEV, errno.ENOSYS, errno.EINVAL])
def test_where_the_kernel_has_no_copy_between_two_file_systems_another_way_is_taken(
    old: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_arguments: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "ioctl", refuse_to_share)
    monkeypatch.setattr(os, "copy_file_range", refuse)
    assert RealDisk().clone_tree(old, old.parent / "new") == "copy"
    assert facts(old.parent / "new") == facts(old)


def test_a_copy_that_goes_on_in_pieces_is_whole(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = os.copy_file_range
    monkeypatch.setattr(fcntl, "ioctl", refuse_to_share)
    monkeypatch.setattr(os, "copy_file_range", lambda old, new, size: copy(old, new, min(size, 4096)))
    RealDisk().clone_tree(old, old.parent / "new")
    assert facts(old.parent / "new") == facts(old)


def test_what_a_cut_left_beside_the_target_goes_with_the_next_clone(old: Path) -> None:
    left = old.parent / ".new.0123abcd.datacats-part"
    left.mkdir()
    (left / "file").touch()
    others = old.parent / ".newer.0123abcd.datacats-part"
    others.mkdir()
    RealDisk().clone_tree(old, old.parent / "new")
    assert sorted(path.name for path in old.parent.iterdir()) == [others.name, "new", "old"]
