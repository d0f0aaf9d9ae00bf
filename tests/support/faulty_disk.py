"""A disk whose process dies at the n-th change: what a command leaves then must be mended by running it again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from datacats.model.ports import Completed, Disk, Entry, Moved, nobody


class FaultyDisk:
    """A disk that kills its own process with SIGKILL right before or after its change number ``at``.

    Counted from 1: place, make_directory, clone_tree, move, remove_tree, run, launch, and taking a lock. With ``at``
    0 it never kills, and ``count`` says how many changes there were.
    """

    def __init__(self, disk: Disk, at: int, when: Literal["before", "after"] = "before") -> None:
        self.count = 0
        self._disk = disk
        self._at = at
        self._when = when

    def entry(self, path: Path) -> Entry | None:
        return self._disk.entry(path)

    def read(self, path: Path) -> bytes:
        return self._disk.read(path)

    def names(self, path: Path) -> tuple[str, ...]:
        return self._disk.names(path)

    def place(self, path: Path, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
        with self._change():
            self._disk.place(path, content, mode, owner)

    def make_directory(self, path: Path, mode: int, owner: tuple[int, int] | None = None) -> None:
        with self._change():
            self._disk.make_directory(path, mode, owner)

    def clone_tree(
        self, source: Path, target: Path, owner: tuple[int, int] | None = None, moved: Moved = nobody
    ) -> str:
        with self._change():
            return self._disk.clone_tree(source, target, owner, moved)

    def move(self, source: Path, target: Path) -> None:
        with self._change():
            self._disk.move(source, target)

    def flush(self, path: Path) -> None:
        self._disk.flush(path)

    def remove_tree(self, path: Path) -> None:
        with self._change():
            self._disk.remove_tree(path)

    @contextmanager
    def lock(self, path: Path, what: str, *, wait: float, tell: Callable[[str], None] | None = None) -> Iterator[None]:
        self.count += 1
        self._die_if("before")
        with self._disk.lock(path, what, wait=wait, tell=tell):
            self._die_if("after")
            yield

    def lock_holder(self, path: Path) -> str | None:
        return self._disk.lock_holder(path)

    def free(self, path: Path) -> int:
        return self._disk.free(path)

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Completed:
        with self._change():
            return self._disk.run(command, env)

    def launch(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        with self._change():
            self._disk.launch(command, env)

    @contextmanager
    def _change(self) -> Iterator[None]:
        self.count += 1
        self._die_if("before")
        yield
        self._die_if("after")

    def _die_if(self, when: str) -> None:
        if (self.count, when) == (self._at, self._when):
            os.kill(os.getpid(), signal.SIGKILL)
