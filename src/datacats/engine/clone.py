"""Copy a directory tree, sharing blocks with the original where the file system can."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

from datacats.engine.disk_errors import disk_error, explained
from datacats.model.ports import Moved

_FICLONE = 0x40049409
_SOURCE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_DIRECTORY = _SOURCE | os.O_DIRECTORY
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_OF_TARGET = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_NOT_BETWEEN_THESE = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})


class Clone:
    """One copy of a tree. ``way`` says how contents are copied; the first file with content decides it."""

    def __init__(self, owner: tuple[int, int] | None, moved: Moved) -> None:
        self._owner = owner
        self._moved = moved
        self._reflink: bool | None = None

    @property
    def way(self) -> str:
        """``reflink`` or ``copy``."""
        return "reflink" if self._reflink else "copy"

    def fill(self, source: Path, new: int) -> None:
        """Copy what lies in the directory ``source``, its mode and times, to one open as ``new``.

        Modes, times, links and empty directories are kept; sockets, pipes and devices are left out. Raises
        DiskError naming the file that cannot be copied, OSError when the target's file system takes no more.
        """
        with explained(source, "copied"):
            old = os.open(source, _DIRECTORY)
        self._fill(source, old, new)

    def _fill(self, source: Path, old: int, new: int) -> None:
        """Every name is taken relative to an open directory: a link swapped in meanwhile leads nowhere else."""
        try:
            with os.scandir(old) as entries:
                for entry in entries:
                    self._try(entry, source, (old, new))
            self._dress(new, os.fstat(old))
        finally:
            os.close(old)

    def _try(self, entry: os.DirEntry[str], source: Path, within: tuple[int, int]) -> None:
        try:
            if entry.is_dir(follow_symlinks=False):
                self._directory(source / entry.name, *within)
            elif entry.is_file(follow_symlinks=False):
                self._file(entry.name, *within)
            elif entry.is_symlink():
                self._link(entry.name, *within)
        except OSError as error:
            if error.errno in _OF_TARGET:
                raise
            raise disk_error(source / entry.name, "copied", error) from error

    def _directory(self, source: Path, within_old: int, within_new: int) -> None:
        old = os.open(source.name, _DIRECTORY, dir_fd=within_old)
        os.mkdir(source.name, 0o700, dir_fd=within_new)
        new = os.open(source.name, _DIRECTORY, dir_fd=within_new)
        try:
            self._fill(source, old, new)
        finally:
            os.close(new)

    def _link(self, name: str, within_old: int, within_new: int) -> None:
        os.symlink(os.readlink(name, dir_fd=within_old), name, dir_fd=within_new)
        if self._owner:
            os.chown(name, *self._owner, dir_fd=within_new, follow_symlinks=False)
        seen = os.lstat(name, dir_fd=within_old)
        os.utime(name, ns=(seen.st_atime_ns, seen.st_mtime_ns), dir_fd=within_new, follow_symlinks=False)

    def _file(self, name: str, within_old: int, within_new: int) -> None:
        old = os.open(name, _SOURCE, dir_fd=within_old)
        try:
            new = os.open(name, _NEW, 0o600, dir_fd=within_new)
            try:
                seen = os.fstat(old)
                if seen.st_size:
                    self._content(old, new, seen.st_size)
                self._dress(new, seen)
            finally:
                os.close(new)
        finally:
            os.close(old)

    def _dress(self, new: int, seen: os.stat_result) -> None:
        if self._owner:
            os.fchown(new, *self._owner)
        os.fchmod(new, stat.S_IMODE(seen.st_mode))
        os.utime(new, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    def _content(self, old: int, new: int, size: int) -> None:
        if self._reflink is None:
            self._reflink = _share(old, new)
            shared = self._reflink
        else:
            shared = self._reflink and _share(old, new)
        if not shared:
            _copy(old, new, size)
        self._moved(size)


def _share(old: int, new: int) -> bool:
    try:
        fcntl.ioctl(new, _FICLONE, old)
    except OSError as error:
        if error.errno in _OF_TARGET:
            raise
        return False
    return True


def _copy(old: int, new: int, size: int) -> None:
    """Copy inside the kernel; sendfile serves where two file systems have no copy between them."""
    done = 0
    try:
        while done < size and (step := os.copy_file_range(old, new, size - done)):
            done += step
    except OSError as error:
        if error.errno not in _NOT_BETWEEN_THESE:
            raise
    while done < size and (step := os.sendfile(new, old, done, size - done)):
        done += step
