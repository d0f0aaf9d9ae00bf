"""The file system, as the port ``Disk`` describes it."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from datacats.engine import locks
from datacats.engine.clone import Clone
from datacats.engine.disk_errors import disk_error, explained, no_program, not_a_directory, system_error
from datacats.engine.remove import remove_tree
from datacats.engine.scratch import is_scratch, scratch
from datacats.model.ports import Completed, Entry, Moved, nobody

_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
_NONE = (FileNotFoundError, NotADirectoryError)


class RealDisk:
    """The file system of this host. Paths are absolute; every method raises DiskError with the cause."""

    def entry(self, path: Path) -> Entry | None:
        """Return what lies there (links not followed), or None."""
        with explained(path, "looked at"):
            try:
                seen = os.lstat(path)
            except _NONE:
                return None
        kind = _KINDS.get(stat.S_IFMT(seen.st_mode), "other")
        return Entry(kind, seen.st_size, stat.S_IMODE(seen.st_mode), seen.st_uid, seen.st_gid)

    def read(self, path: Path) -> bytes:
        """Return the content of a file. Raises DiskError also when there is none."""
        with explained(path, "read"):
            if path.is_fifo():  # to open it waits for whoever writes into it
                raise system_error(errno.ESPIPE)
            return path.read_bytes()

    def names(self, path: Path) -> tuple[str, ...]:
        """Return the sorted names in a directory; empty when there is none.

        What a write that was cut left beside its target is passed over: the next write there removes it.
        """
        with explained(path, "listed"):
            try:
                return tuple(sorted(each.name for each in path.iterdir() if not is_scratch(each.name)))
            except FileNotFoundError:
                return ()

    def place(self, path: Path, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
        """Write a file whole: temporary name, fsync, rename, fsync of the directory.

        What lies there is replaced, a link too: it is not followed. Mode and owner are set before the content.
        """
        with explained(path, "written"), scratch(path) as (part, descriptor):
            _dress(descriptor, mode, owner)
            _write(descriptor, content)
            os.fsync(descriptor)
            part.rename(path)
            _sync(path.parent)

    def make_directory(self, path: Path, mode: int, owner: tuple[int, int] | None = None) -> None:
        """Make a directory and its parents, all with this mode and owner; one that is there is left as it is.

        Raises DiskError when something else lies there.
        """
        for directory in reversed(_missing(path)):
            with explained(directory, "made"):
                if owner in {None, (os.geteuid(), os.getegid())}:
                    _make_own(directory, mode, owner)
                else:
                    _make_for(directory, mode, owner)
                _sync(directory.parent)

    def clone_tree(
        self, source: Path, target: Path, owner: tuple[int, int] | None = None, moved: Moved = nobody
    ) -> str:
        """Copy a tree to a path where nothing is yet; return how: ``reflink`` or ``copy``.

        Modes, times, links and empty directories are kept; sockets, pipes and devices are left out. ``owner``
        gets all of it, otherwise the caller does. The target appears when it is whole, never before.
        """
        source = source.resolve()
        if os.path.lexists(target):
            raise disk_error(target, f"made a copy of {source}", system_error(errno.EEXIST))
        if target.parent.resolve().is_relative_to(source):
            raise disk_error(target, f"made a copy of {source}", system_error(errno.EINVAL))
        clone = Clone(owner, moved)
        with explained(target, f"made a copy of {source}"), scratch(target, directory=True) as (part, descriptor):
            clone.fill(source, descriptor)
            part.rename(target)
            _sync(target.parent)
        return clone.way

    def move(self, source: Path, target: Path) -> None:
        """Rename; the directories that hold source and target are synced."""
        with explained(source, f"moved to {target}"):
            source.rename(target)
            _sync(target.parent)
            if source.parent != target.parent:
                _sync(source.parent)

    def flush(self, path: Path) -> None:
        """Return when all that was written to the file system of a path so far outlives a power cut.

        One call for a whole tree: to sync each of its files takes ten times as long.
        """
        with explained(path, "written out"), _opened(path) as descriptor:
            if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
                raise system_error(ctypes.get_errno())

    def remove_tree(self, path: Path) -> None:
        """Remove a file or tree, whatever the modes in it; gone is no error.

        Raises DiskError at the first file that cannot be removed, naming it and the user it belongs to.
        """
        remove_tree(path)

    @contextmanager
    def lock(self, path: Path, what: str, *, wait: float, tell: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold an exclusive kernel lock on a file while the context lasts.

        Waits up to ``wait`` seconds, then raises Busy naming the holder (process, command, since when). ``tell`` is
        told once, when a moment has passed, who is waited for.
        """
        with explained(path, "locked"):
            descriptor = locks.take(path, locks.Patience(what, wait, tell))
        try:
            yield
        finally:
            locks.release(descriptor)

    def lock_holder(self, path: Path) -> str | None:
        """Return who holds the lock on a file (process, command, since when); None when nobody does."""
        with explained(path, "read"):
            return locks.look(path)

    def free(self, path: Path) -> int:
        """Return the free bytes of the file system that holds a path or its nearest parent."""
        with explained(path, "measured"):
            while not path.exists():
                path = path.parent
            seen = os.statvfs(path)
        if seen.f_flag & os.ST_RDONLY:
            raise disk_error(path, "written", system_error(errno.EROFS))
        return seen.f_bavail * seen.f_frsize

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Completed:
        """Run a program of the host to its end, without input; ``env`` adds to this process's variables.

        Raises DiskError when there is no such program.
        """
        try:
            done = subprocess.run(
                command,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise no_program(command[0], error) from error
        return Completed(done.returncode, done.stdout, done.stderr)

    def launch(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a program of the host that goes on by itself, whatever becomes of this process.

        ``env`` is all that it gets; it has no terminal, no input and no output. It is no child of this process.
        """
        words = ("/bin/sh", "-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh", *command)
        try:
            subprocess.run(words, env=dict(env), start_new_session=True, check=False)
        except OSError as error:
            raise no_program(words[0], error) from error


def _dress(descriptor: int, mode: int, owner: tuple[int, int] | None) -> None:
    if owner:
        os.fchown(descriptor, *owner)
    os.fchmod(descriptor, mode)


def _make_own(directory: Path, mode: int, owner: tuple[int, int] | None) -> None:
    with suppress(FileExistsError):  # made meanwhile by another process, with the mode that it wants
        directory.mkdir(mode)
        with _opened(directory) as descriptor:  # umask, and a group handed down by the parent, have their say
            _dress(descriptor, mode, owner)


def _make_for(directory: Path, mode: int, owner: tuple[int, int] | None) -> None:
    """Only under another name can it be given away: one cut off before that would stay with the wrong owner."""
    with scratch(directory, directory=True) as (part, descriptor):
        _dress(descriptor, mode, owner)
        part.rename(directory)


def _write(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync(directory: Path) -> None:
    with _opened(directory) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _missing(path: Path) -> list[Path]:
    missing = []
    while not _is_directory(path):
        missing.append(path)
        path = path.parent
    return missing


def _is_directory(path: Path) -> bool:
    with explained(path, "made"):
        try:
            seen = os.lstat(path)
        except _NONE:
            return False
        if stat.S_ISDIR(seen.st_mode) or path.is_dir():
            return True
    raise not_a_directory(path, is_link=stat.S_ISLNK(seen.st_mode))
