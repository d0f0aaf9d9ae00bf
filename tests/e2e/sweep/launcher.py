"""Run the real command line on a disk that kills the process: ``python -m tests.e2e.sweep.launcher AT WHEN TRACE ...``.

Each disk operation that changes something is told to the file TRACE, a line when it begins and one when it ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from datacats.cli.main import run
from datacats.engine.connect import connect_all
from datacats.engine.disk import RealDisk
from datacats.workflows.workspace import Workspace
from tests.support.faulty_disk import FaultyDisk

_CHANGES = ("place", "make_directory", "clone_tree", "move", "remove_tree", "run")


class ToldDisk:
    """A faulty disk that tells what is asked of it. A lock counts as taken when the wait for it is over."""

    def __init__(self, disk: FaultyDisk, trace: TextIO) -> None:
        self._disk = disk
        self._trace = trace

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._disk, name)
        return self._told(name, method) if name in _CHANGES else method

    def lock(
        self, path: Path, what: str, *, wait: float, tell: Callable[[str], None] | None = None
    ) -> AbstractContextManager[None]:
        return self._locked(self._disk.lock(path, what, wait=wait, tell=tell), path)

    @contextmanager
    def _locked(self, lock: AbstractContextManager[None], path: Path) -> Iterator[None]:
        number = self._begin("lock", path)
        with lock:
            self._tell(number, None)
            yield

    def _told(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            number = self._begin(name, arguments[-1] if name == "move" else arguments[0])
            result = method(*arguments, **keywords)
            self._tell(number, None)
            return result

        return call

    def _begin(self, name: str, place: object) -> int:
        number = self._disk.count + 1
        self._tell(number, f"{name} {place}")
        return number

    def _tell(self, number: int, what: str | None) -> None:
        self._trace.write(json.dumps([time.monotonic(), number, what]) + "\n")
        self._trace.flush()


def main(at: str, when: Any, trace: str, *arguments: str) -> int:
    """Run the command line with the disk exchanged."""
    with Path(trace).open("w") as file:
        disk: Any = ToldDisk(FaultyDisk(RealDisk(), int(at), when), file)
        env = dict(os.environ)
        ports = replace(connect_all(env), disk=disk)
        return run(list(arguments), lambda: Workspace.open(ports, env, Path.cwd()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
