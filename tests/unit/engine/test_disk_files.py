"""Files and directories of the real disk: whose they are, and what is said when they cannot be had."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import DiskError
from tests.support.users import common_directory, needs_root, unprivileged

OTHER = (4711, 4712)


@pytest.fixture
def common() -> Iterator[Path]:
    with common_directory() as path:
        yield path


def whose(path: Path) -> tuple[int, int]:
    seen = path.lstat()
    return seen.st_uid, seen.st_gid


def path_of(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


@needs_root
def test_a_placed_file_belongs_to_its_owner(tmp_path: Path) -> None:
    RealDisk().place(tmp_path / "file", b"", 0o640, OTHER)
    assert whose(tmp_path / "file") == OTHER
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@needs_root
def test_made_parents_belong_to_the_owner_and_existing_ones_stay_as_they_are(tmp_path: Path) -> None:
    before = whose(tmp_path)
    RealDisk().make_directory(tmp_path / "a" / "b", 0o700, OTHER)
    assert whose(tmp_path) == before
    assert whose(tmp_path / "a") == whose(tmp_path / "a" / "b") == OTHER


def test_an_ordinary_user_cannot_give_files_away(common: Path) -> None:
    with unprivileged(), pytest.raises(DiskError, match=r"file cannot be written: the system does not permit it"):
        RealDisk().place(common / "file", b"", 0o600, OTHER)
    assert list(common.iterdir()) == []


def test_a_file_is_private_and_empty_until_it_has_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    fchmod = os.fchmod

    def look(descriptor: int, mode: int) -> None:
        before = os.fstat(descriptor)
        seen.append((before.st_size, stat.S_IMODE(before.st_mode)))
        fchmod(descriptor, mode)

    monkeypatch.setattr(os, "fchmod", look)
    old = os.umask(0)
    try:
        RealDisk().place(tmp_path / "file", b"secret", 0o644)
    finally:
        os.umask(old)
    assert seen == [(0, 0o600)]


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_the_mode_does_not_depend_on_the_umask(tmp_path: Path, mask: int) -> None:
    old = os.umask(mask)
    try:
        RealDisk().place(tmp_path / "file", b"", 0o644)
        RealDisk().make_directory(tmp_path / "directory", 0o755)
    finally:
        os.umask(old)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("file", "directory")] == [0o644, 0o755]


@needs_root
def test_a_parent_that_hands_its_group_down_does_not_decide_the_group_or_the_mode(tmp_path: Path) -> None:
    os.chown(tmp_path, 0, 4712)
    tmp_path.chmod(0o2770)
    RealDisk().make_directory(tmp_path / "directory", 0o700, (0, 0))
    assert whose(tmp_path / "directory") == (0, 0)
    assert stat.S_IMODE((tmp_path / "directory").stat().st_mode) == 0o700


def test_content_and_then_its_name_are_on_the_disk_when_place_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(path_of(descriptor)))
    RealDisk().place(tmp_path / "file", b"content", 0o600)
    assert [path.parent for path in synced] == [tmp_path, tmp_path.parent]


def test_the_name_of_a_made_directory_and_of_a_clone_is_on_the_disk_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(path_of(descriptor)))
    RealDisk().make_directory(tmp_path / "a" / "b", 0o700)
    assert synced == [tmp_path, tmp_path / "a"]
    RealDisk().clone_tree(tmp_path / "a", tmp_path / "clone")
    assert synced[2:] == [tmp_path]


def test_the_directories_of_both_names_are_on_the_disk_when_move_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("from", "to"):
        (tmp_path / name).mkdir()
    (tmp_path / "from" / "old").touch()
    synced: list[Path] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(path_of(descriptor)))
    RealDisk().move(tmp_path / "from" / "old", tmp_path / "to" / "new")
    assert synced == [tmp_path / "to", tmp_path / "from"]


def test_a_file_that_finds_no_space_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = RealDisk()
    disk.place(tmp_path / "file", b"old", 0o600)

    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskError, match=r"no space is left on its file system") as caught:
        disk.place(tmp_path / "file", b"new", 0o600)
    assert caught.value.hint.endswith(f"df -h {tmp_path}")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert disk.read(tmp_path / "file") == b"old"


def test_a_file_longer_than_one_write_is_written_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:3]))
    RealDisk().place(tmp_path / "file", b"0123456789", 0o600)
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_many_who_make_the_same_directories_at_once_all_succeed(tmp_path: Path) -> None:
    disk = RealDisk()
    with ThreadPoolExecutor(8) as pool:
        for round_ in range(20):
            path = tmp_path / str(round_) / "a" / "b"
            list(pool.map(lambda path: disk.make_directory(path, 0o700), [path] * 8))
            assert path.is_dir()
    assert all(not path.name.startswith(".") for path in tmp_path.rglob("*"))


def test_a_file_that_others_may_not_read_says_permission_denied(common: Path) -> None:
    with unprivileged():
        RealDisk().place(common / "file", b"", 0o000)
        with pytest.raises(DiskError, match=r"permission denied") as caught:
            RealDisk().read(common / "file")
    assert caught.value.hint == f"See who may use it: ls -ld {common / 'file'}"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EROFS, "its file system is read-only"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EIO, "the disk reports a fault"),
        (errno.EMFILE, "too many files are open"),
        (errno.ESTALE, "stale file handle"),
    ],
)
def test_a_system_error_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DiskError, match=rf"file cannot be written: {words}\.$"):
        RealDisk().place(tmp_path / "file", b"", 0o600)


def test_leftovers_of_a_cut_are_not_among_the_names(tmp_path: Path) -> None:
    (tmp_path / ".file.0123abcd.datacats-part").touch()
    (tmp_path / ".file").touch()
    assert RealDisk().names(tmp_path) == (".file",)


def test_free_space_is_what_the_system_grants_ordinary_users(tmp_path: Path) -> None:
    seen = os.statvfs(tmp_path)
    assert RealDisk().free(tmp_path) == pytest.approx(seen.f_bavail * seen.f_frsize, rel=0.2)


def test_a_pipe_is_something_else_than_file_or_directory(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    seen = RealDisk().entry(tmp_path / "pipe")
    assert seen is not None
    assert seen.kind == "other"


def test_a_pipe_in_the_place_of_a_file_is_refused_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DiskError, match=r"pipe cannot be read: a pipe lies there, which is no file\."):
        RealDisk().read(tmp_path / "pipe")
