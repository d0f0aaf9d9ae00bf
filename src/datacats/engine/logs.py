"""The log of a container, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from datacats.engine.frames import Frames, Stream
from datacats.engine.wire import PATIENCE, Wire
from datacats.model.ports import LogLine, LogQuery


def lines(wire: Wire, name: str, query: LogQuery) -> Iterator[LogLine]:
    """Yield the lines of a container's log; see ``Containers.logs``."""
    # The head of the answer is read at once, so that a container that is gone is told before the first line.
    answer = wire.open("GET", f"/containers/{name}/logs", _told(query), patience=None if query.follow else PATIENCE)

    def read() -> Iterator[LogLine]:
        with closing(answer):
            yield from _lines(answer.pieces())

    return read()


def _lines(pieces: Iterator[bytes]) -> Iterator[LogLine]:
    frames = Frames(raw=None)
    begun: dict[Stream, bytes] = {"stdout": b"", "stderr": b""}
    for piece in pieces:
        for stream, data in frames.feed(piece):
            *whole, begun[stream] = (begun[stream] + data).split(b"\n")
            yield from (_line(stream, text) for text in whole)
    begun["stdout"] += frames.rest()
    yield from (_line(stream, text) for stream, text in begun.items() if text)


def _line(stream: Stream, text: bytes) -> LogLine:
    return LogLine(stream, text.removesuffix(b"\r").decode(errors="replace"))


def _told(query: LogQuery) -> dict[str, Any]:
    told: dict[str, Any] = {"stdout": 1, "stderr": 1, "follow": int(query.follow), "timestamps": int(query.timestamps)}
    if query.tail is not None:
        told["tail"] = query.tail
    if query.since is not None:
        told["since"] = f"{query.since:.9f}"
    return told
