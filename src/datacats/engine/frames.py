"""How the engine puts two output streams into one: frames with a head of eight bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

Stream = Literal["stdout", "stderr"]

_HEAD = struct.Struct(">BxxxL")
_STREAMS: dict[int, Stream] = {0: "stdout", 1: "stdout", 2: "stderr"}


class Frames:
    """Takes the bytes of a stream as they come and hands out what belongs to which output.

    A terminal's stream has no frames: ``raw`` says so, or None to tell by the first bytes.
    """

    def __init__(self, *, raw: bool | None) -> None:
        self._raw = raw
        self._stream: Stream = "stdout"
        self._left = 0
        self._held = b""

    def feed(self, data: bytes) -> Iterator[tuple[Stream, bytes]]:
        """Yield the pieces that these bytes complete or continue."""
        data = self._held + data
        self._held = b""
        if self._raw is None and len(data) >= _HEAD.size:
            self._raw = not (data[0] in _STREAMS and data[1:4] == b"\0\0\0")
        if self._raw:
            yield "stdout", data
            return
        yield from self._unframe(data)

    def rest(self) -> bytes:
        """Return what was held back because it was too short to be told: the whole of a very short raw stream."""
        return self._held

    def _unframe(self, data: bytes) -> Iterator[tuple[Stream, bytes]]:
        view = memoryview(data)
        while view:
            if not self._left:
                if len(view) < _HEAD.size:
                    self._held = bytes(view)
                    return
                number, self._left = _HEAD.unpack_from(view)
                self._stream = _STREAMS.get(number, "stderr")
                view = view[_HEAD.size :]
            piece = bytes(view[: self._left])
            self._left -= len(piece)
            view = view[len(piece) :]
            if piece:
                yield self._stream, piece
