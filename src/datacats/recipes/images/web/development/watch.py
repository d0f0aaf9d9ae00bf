"""What changed on disk since it was looked at last, as the development server needs to know it."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

MOUNTS = "/proc/self/mountinfo"
NOT_SOURCE = {"__pycache__", "node_modules"}
LEFTOVERS = ("~", ".swp", ".pyc", ".tmp")
LOCAL = {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "overlay", "reiserfs", "tmpfs", "xfs", "zfs"}
"""File systems whose every change the kernel tells; of others (9p, fuse, nfs ...) some come from elsewhere."""

_EVENTS = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200  # modified, touched, closed, moved (from, to), made, removed
_NOT_THERE = {errno.ENOENT, errno.EACCES, errno.ENOTDIR}
_BUFFER = 65536

Stamp = tuple[int, int, int, int]


class Watch:
    """Remembers how every file below some directories, and every entry in others, was, and tells which are not so.

    The kernel tells that something happened, and only then the files are looked at. Where it may not know of every
    change they are looked at each time.
    """

    def __init__(self, below: Sequence[str], entries: Sequence[str] = ()) -> None:
        self._roots = [*((root, True) for root in below), *((root, False) for root in entries)]
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor: int = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._told_all = self.descriptor >= 0 and all(is_local(root) for root, _ in self._roots)
        self._told = False
        self._seen = dict(self._look())

    def close(self) -> None:
        """Forget the kernel's notes: a forked child has no use for them."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def hear(self) -> None:
        """Take what the kernel has to tell."""
        while self.descriptor >= 0:
            try:
                self._told = bool(os.read(self.descriptor, _BUFFER))
            except BlockingIOError:
                break

    def changed(self) -> dict[str, bool]:
        """Return the files that are not as they were at the last call, and whether each of them came or went."""
        self.hear()
        if self._told_all and not self._told:
            return {}
        self._told = False
        before, self._seen = self._seen, dict(self._look())
        paths = [path for path in before.keys() | self._seen.keys() if before.get(path) != self._seen.get(path)]
        return {path: not (path in before and path in self._seen) for path in paths}

    def paths(self) -> list[str]:
        """Name the files that were there at the last call."""
        return list(self._seen)

    def _look(self) -> Iterator[tuple[str, Stamp]]:
        for root, deep in self._roots:
            yield from self._in(root, deep=deep)

    def _in(self, directory: str, *, deep: bool) -> Iterator[tuple[str, Stamp]]:
        """Ask for notes of a directory before it is read: what comes between is told again, never missed."""
        added = self._libc.inotify_add_watch(self.descriptor, os.fsencode(directory), _EVENTS)
        if added < 0 and ctypes.get_errno() not in _NOT_THERE:
            self._told_all = False
        with suppress(OSError), os.scandir(directory) as entries:
            for entry in entries:
                if deep and entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith(".") and entry.name not in NOT_SOURCE:
                        yield from self._in(entry.path, deep=True)
                elif is_source(entry.name):
                    with suppress(OSError):
                        seen = entry.stat()
                        yield entry.path, (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)


def is_source(name: str) -> bool:
    """Whether a file is somebody's work, not what an editor or Python leaves beside it."""
    return not (name.startswith((".", "#")) or name.endswith(LEFTOVERS) or name == "4913")


def is_local(path: str) -> bool:
    """Whether a path lies on a file system whose every change this kernel makes."""
    found = kind = ""
    with open(MOUNTS, encoding="utf-8") as table:  # noqa: PTH123 - start-up counts
        for line in table:
            words = line.split()
            point = words[4]
            inside = path == point or path.startswith(point.rstrip("/") + "/")
            if inside and len(point) >= len(found):
                found, kind = point, words[words.index("-") + 1]
    return kind in LOCAL
