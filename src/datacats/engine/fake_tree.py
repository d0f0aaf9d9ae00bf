"""A directory tree in memory that fails as a file system does: the ground of FakeDisk."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, replace
from pathlib import Path

from datacats.engine.disk_errors import system_error

_LINKS = 40
_LONGEST_NAME = 255
_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Node:
    """What lies at one path. ``content`` is a file's; ``leads_to`` is a link's."""

    kind: str
    mode: int
    owner: tuple[int, int]
    content: bytes = b""
    leads_to: str = ""

    @property
    def size(self) -> int:
        """As a file system counts it."""
        return {"file": len(self.content), "link": len(self.leads_to)}.get(self.kind, 4096)


class FakeTree:
    """Nodes by their real path. Every method raises OSError as the system would.

    What looks through all of them takes a list first: another thread may change the disk meanwhile.
    """

    def __init__(self, owner: tuple[int, int]) -> None:
        self._nodes = {_ROOT: Node("directory", 0o755, owner)}

    def node(self, path: Path) -> Node | None:
        """Return what lies at a path, a link as itself, or None."""
        return self._nodes.get(self._place(path))

    def followed(self, path: Path) -> Node:
        """Return what lies at a path, where it is a link what that leads to."""
        node = self._nodes.get(self._follow(path))
        if node is None:
            raise system_error(errno.ENOENT)
        return node

    def children(self, path: Path) -> list[Path]:
        """Return the paths in a directory, sorted."""
        if self.followed(path).kind != "directory":
            raise system_error(errno.ENOTDIR)
        inside = self._follow(path)
        return sorted(each for each in list(self._nodes) if each.parent == inside and each != _ROOT)

    def put(self, path: Path, node: Node) -> None:
        """Let a node lie at a path whose directory is there, in place of what may lie there."""
        place = self._writable(path)
        old = self._nodes.get(place)
        if old and old.kind == "directory":
            raise system_error(errno.EISDIR)
        self._nodes[place] = node

    def link(self, path: Path, leads_to: str) -> None:
        """Let a symbolic link lie at a path."""
        self.put(path, Node("link", 0o777, self._nodes[_ROOT].owner, leads_to=leads_to))

    def rename(self, source: Path, target: Path) -> None:
        """Rename as the system does: over a file, or over an empty directory."""
        old, new = self._place(source), self._writable(target)
        node, there = self._nodes.get(old), self._nodes.get(new)
        if node is None:
            raise system_error(errno.ENOENT)
        if there:
            self._check_replaceable(new, there, node)
        if node.kind == "directory" and new.is_relative_to(old):
            raise system_error(errno.EINVAL)
        for path in self._within(old):
            self._nodes[new / path.relative_to(old)] = self._nodes.pop(path)

    def copy(self, source: Path, target: Path, owner: tuple[int, int]) -> list[int]:
        """Copy a tree, leaving out what is neither file, directory nor link; return the sizes of what has content."""
        old, new = self._follow(source), self._writable(target)
        self.children(old)
        if new in self._nodes:
            raise system_error(errno.EEXIST)
        if new.is_relative_to(old):
            raise system_error(errno.EINVAL)
        for path in self._within(old):
            if self._nodes[path].kind != "other":
                self._nodes[new / path.relative_to(old)] = replace(self._nodes[path], owner=owner)
        return [len(node.content) for node in map(self._nodes.__getitem__, self._within(new)) if node.content]

    def remove(self, path: Path) -> None:
        """Remove a node and all below it."""
        for each in self._within(self._place(path)):
            del self._nodes[each]

    def _within(self, top: Path) -> list[Path]:
        return [path for path in list(self._nodes) if path.is_relative_to(top)]

    def _check_replaceable(self, path: Path, there: Node, node: Node) -> None:
        if there.kind == "directory":
            if node.kind != "directory":
                raise system_error(errno.EISDIR)
            if self.children(path):
                raise system_error(errno.ENOTEMPTY)
        elif node.kind == "directory":
            raise system_error(errno.ENOTDIR)

    def _writable(self, path: Path) -> Path:
        place = self._place(path)
        self.children(place.parent)
        return place

    def _place(self, path: Path) -> Path:
        """Return the real path of a name: links on the way are followed, the last part is not."""
        if path in self._nodes:
            return path
        path = Path(os.path.normpath(path))
        return path if path == _ROOT else self._checked(self._follow(path.parent), path.name)

    def _follow(self, path: Path, links: int = _LINKS) -> Path:
        there = self._nodes.get(path)
        if there and there.kind != "link":
            return path
        place = _ROOT
        for part in Path(os.path.normpath(path)).parts[1:]:
            place = self._checked(place, part)
            node = self._nodes.get(place)
            if node and node.kind == "link":
                if not links:
                    raise system_error(errno.ELOOP)
                place = self._follow(place.parent / node.leads_to, links - 1)
        return place

    def _checked(self, directory: Path, name: str) -> Path:
        node = self._nodes.get(directory)
        if node and node.kind != "directory":
            raise system_error(errno.ENOTDIR)
        if len(os.fsencode(name)) > _LONGEST_NAME:
            raise system_error(errno.ENAMETOOLONG)
        return directory / name
