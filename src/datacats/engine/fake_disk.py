"""A file system in memory with the meaning and the errors of RealDisk, for tests that need no disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from datacats.engine import locks
from datacats.engine.disk_errors import explained, not_a_directory, system_error
from datacats.engine.fake_programs import FakePrograms
from datacats.engine.fake_tree import FakeTree, Node
from datacats.model.ports import Entry, Moved, nobody

_NOTHING = (FileNotFoundError, NotADirectoryError)
_NOON = "2026-01-01T12:00:00+00:00"


class FakeDisk(FakePrograms):
    """A disk that a test sets up with ``add`` and the attributes, then looks at.

    ``owner`` is who runs and ``space`` what is free. ``holders`` says which other command holds the lock on a path.
    ``refused`` lets every use of a path, and of what lies below it, fail with a code of the module ``errno``.
    ``changes`` tells every change as a line of text, ``locked`` the locks that were taken, in their order,
    ``flushed`` what was written out. ``tree`` is what lies there: ``tree.link`` makes a symbolic link.
    """

    def __init__(self, owner: tuple[int, int] = (1000, 1000)) -> None:
        super().__init__()
        self.owner = owner
        self.space = 100 * 2**30
        self.holders: dict[Path, str] = {}
        self.refused: dict[Path, int] = {}
        self.changes: list[str] = []
        self.locked: list[Path] = []
        self.flushed: list[Path] = []
        self.tree = FakeTree(owner)

    def add(self, path: Path, content: bytes = b"", mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
        """Let a file be there, with the directories it needs; this is no change."""
        for directory in reversed(path.parents):
            if self.tree.node(directory) is None:
                self.tree.put(directory, Node("directory", 0o755, owner or self.owner))
        self.tree.put(path, Node("file", mode, owner or self.owner, content))

    def entry(self, path: Path) -> Entry | None:
        """Return what lies there (links not followed), or None."""
        with explained(path, "looked at"):
            _check(self.refused, path)
            try:
                node = self.tree.node(path)
            except _NOTHING:
                return None
        return Entry(node.kind, node.size, node.mode, *node.owner) if node else None

    def read(self, path: Path) -> bytes:
        """Return the content of a file. Raises DiskError also when there is none."""
        with explained(path, "read"):
            _check(self.refused, path)
            node = self.tree.followed(path)
            if node.kind == "directory":
                raise system_error(errno.EISDIR)
        return node.content

    def names(self, path: Path) -> tuple[str, ...]:
        """Return the sorted names in a directory; empty when there is none."""
        with explained(path, "listed"):
            _check(self.refused, path)
            try:
                return tuple(each.name for each in self.tree.children(path))
            except FileNotFoundError:
                return ()

    def place(self, path: Path, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
        """Write a file whole; what lies there is replaced, a link too."""
        with _changing(self, f"place {path}", path, "written"):
            self.tree.put(path, Node("file", mode, owner or self.owner, content))

    def make_directory(self, path: Path, mode: int, owner: tuple[int, int] | None = None) -> None:
        """Make a directory and its parents; one that is there is left as it is."""
        for directory in reversed(_missing(self.tree, path)):
            with _changing(self, f"make directory {directory}", directory, "made"):
                self.tree.put(directory, Node("directory", mode, owner or self.owner))

    def clone_tree(
        self, source: Path, target: Path, owner: tuple[int, int] | None = None, moved: Moved = nobody
    ) -> str:
        """Copy a tree to a path where nothing is yet; a disk in memory always copies."""
        with _changing(self, f"clone {source} to {target}", target, f"made a copy of {source}"):
            _check(self.refused, source)
            for size in self.tree.copy(source, target, owner or self.owner):
                moved(size)
        return "copy"

    def move(self, source: Path, target: Path) -> None:
        """Rename."""
        with _changing(self, f"move {source} to {target}", source, f"moved to {target}"):
            _check(self.refused, target)
            self.tree.rename(source, target)

    def flush(self, path: Path) -> None:
        """Note that it was asked for; it changes nothing that can be seen."""
        with explained(path, "written out"):
            _check(self.refused, path)
            self.tree.children(path)
        self.flushed.append(path)

    def remove_tree(self, path: Path) -> None:
        """Remove a file or tree; gone is no error, and no change."""
        if self.entry(path) is not None:
            with _changing(self, f"remove {path}", path, "removed"):
                self.tree.remove(path)

    @contextmanager
    def lock(self, path: Path, what: str, *, wait: float, tell: Callable[[str], None] | None = None) -> Iterator[None]:
        """Hold a lock while the context lasts; for one that is held no time passes before Busy, but it is told."""
        if path in self.holders:
            holder = locks.Holder(os.getpid(), self.holders[path], _NOON)
            if tell is not None and wait > locks.SILENT:
                tell(locks.waiting(what, holder))
            raise locks.busy(what, holder)
        with explained(path, "locked"):
            _check(self.refused, path)
            if self.tree.node(path) is None:
                self.tree.put(path, Node("file", 0o600, self.tree.followed(path.parent).owner))
        self.locked.append(path)
        self.holders[path] = locks.Holder.this().command
        try:
            yield
        finally:
            del self.holders[path]

    def lock_holder(self, path: Path) -> str | None:
        """Return who holds the lock on a file; None when nobody does."""
        with explained(path, "read"):
            _check(self.refused, path)
        command = self.holders.get(path)
        return locks.told(locks.Holder(os.getpid(), command, _NOON)) if command else None

    def free(self, path: Path) -> int:
        """Return ``space``."""
        with explained(path, "measured"):
            _check(self.refused, path)
        return self.space


@contextmanager
def _changing(disk: FakeDisk, change: str, path: Path, done: str) -> Iterator[None]:
    with explained(path, done):
        _check(disk.refused, path)
        yield
    disk.changes.append(change)


def _check(refused: Mapping[Path, int], path: Path) -> None:
    for place in (path, *path.parents) if refused else ():
        if place in refused:
            raise system_error(refused[place])


def _missing(tree: FakeTree, path: Path) -> list[Path]:
    missing = []
    while not _is_directory(tree, path):
        missing.append(path)
        path = path.parent
    return missing


def _is_directory(tree: FakeTree, path: Path) -> bool:
    with explained(path, "made"), suppress(*_NOTHING):
        if tree.followed(path).kind == "directory":
            return True
    with suppress(*_NOTHING):
        if node := tree.node(path):
            raise not_a_directory(path, is_link=node.kind == "link")
    return False
