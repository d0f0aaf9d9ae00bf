"""What the engine's init says in place of a program that it cannot execute."""

from __future__ import annotations

import re
from typing import BinaryIO, cast

from datacats.engine.mapping import NotExecutable

_BEGINNING = b"[FATAL tini ("
_LINE = re.compile(rb"\[FATAL tini \(\d+\)\] exec (?P<program>.+) failed: (?P<why>[^\n]+?)\r?\n", re.DOTALL)
_ABSENT = b"No such file or directory"
_LOOK = "See which programs there are: datacats run ls /usr/bin /usr/local/bin"


class FirstWords:
    """Passes an output on. What can be the init's words, they would be the first, is held back."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._held = b""
        self._passes = False

    @property
    def file(self) -> BinaryIO:
        """Itself: whoever writes and flushes asks for nothing else of an output."""
        return cast(BinaryIO, self)

    def write(self, data: bytes) -> int:
        """Write what cannot be the init's words."""
        self._held += data
        begun = self._held[: len(_BEGINNING)] == _BEGINNING[: len(self._held)]
        if self._passes or not begun or (b"\n" in self._held and not _LINE.fullmatch(self._held)):
            self._passes = True
            self.release()
        return len(data)

    def flush(self) -> None:
        """Flush what was passed on."""
        self._output.flush()

    def release(self) -> None:
        """Write what is held back."""
        self._output.write(self._held)
        self._held = b""
        self._output.flush()

    def check(self, status: int) -> None:
        """Raise NotExecutable where a container ended with the init's words; else they were a program's own."""
        words = _LINE.fullmatch(self._held)
        if words is None or not status:
            self.release()
            return
        program, why = (words[name].decode(errors="replace") for name in ("program", "why"))
        if words["why"] != _ABSENT:
            raise NotExecutable(f"{program} cannot be executed in the container: {why}.", "Make the file executable.")
        first_line = ", or not what its first line names" if "/" in program else ""
        raise NotExecutable(f"There is no {program} in the container{first_line}.", _LOOK)
