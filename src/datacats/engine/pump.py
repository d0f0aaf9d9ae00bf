"""Moves bytes between the caller's streams and a line to the engine, without threads."""

from __future__ import annotations

import io
import os
import selectors
import time
from collections.abc import Callable
from typing import BinaryIO, Protocol

from datacats.engine.frames import Frames
from datacats.engine.line import Line
from datacats.model.ports import Streams

_PIECE = 65536


class HasDescriptor(Protocol):
    """Something that becomes readable."""

    def fileno(self) -> int:
        """Return its descriptor."""


class Pump:
    """Feeds input to a line and writes what comes back, until the line has ended and all that is awaited came.

    Output is written as it comes; a consumer that reads slowly slows the container down, and one that has gone ends
    the pump with BrokenPipeError. ``wrap`` makes what is sent of each piece of input.
    """

    def __init__(self, line: Line, streams: Streams, wrap: Callable[[bytes], bytes] = bytes) -> None:
        self._line = line
        self._streams = streams
        self._frames = Frames(raw=streams.terminal)
        self._input = _Input(streams, wrap)
        self._open = True
        self._awaited: list[HasDescriptor] = []
        self._alarm: tuple[float, Callable[[], None]] | None = None
        self._watched: dict[int, Callable[[], None]] = {}
        self._one_ended: Callable[[], None] | None = None

    def watch(self, source: HasDescriptor, action: Callable[[], None]) -> None:
        """Call the action whenever the source is readable."""
        self._watched[source.fileno()] = action

    def wait_for(self, source: HasDescriptor) -> None:
        """Go on, also after the line has ended, until the source is readable."""
        self._awaited.append(source)
        self.watch(source, lambda: self._came(source))

    def when_one_ends(self, action: Callable[[], None]) -> None:
        """Call the action once, when the line has ended or something awaited has come, and other things have not."""
        self._one_ended = action

    def send(self, data: bytes) -> None:
        """Send this as it is, before any input that has not been read yet."""
        self._input.push(data)

    def alarm(self, seconds: float, action: Callable[[], None]) -> None:
        """Call the action once after so many seconds; a later alarm replaces an earlier one."""
        self._alarm = (time.monotonic() + seconds, action)

    def stop(self) -> None:
        """End the pump at once."""
        self._open = False
        self._awaited = []

    def run(self) -> None:
        """Pump to the end."""
        self._exchange()  # a line may hold bytes already, of which its descriptor does not tell
        while self._open or self._awaited:
            # Poll, unlike epoll, takes regular files: input may well come from one.
            with selectors.PollSelector() as selector:
                for descriptor, (events, action) in self._interests().items():
                    selector.register(descriptor, events, action)
                for key, _ in selector.select(self._patience()):
                    key.data()
            self._ring()

    def _interests(self) -> dict[int, tuple[int, Callable[[], None]]]:
        interests = {descriptor: (selectors.EVENT_READ, action) for descriptor, action in self._watched.items()}
        if self._open:
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._input.has_more else 0)
            interests[self._line.fileno()] = (events, self._exchange)
            if (source := self._input.source) is not None:
                interests[source] = (selectors.EVENT_READ, self._input.take)
        return interests

    def _patience(self) -> float | None:
        return None if self._alarm is None else max(0.0, self._alarm[0] - time.monotonic())

    def _ring(self) -> None:
        if self._alarm is not None and self._patience() == 0:
            action = self._alarm[1]
            self._alarm = None
            action()

    def _came(self, source: HasDescriptor) -> None:
        self._awaited.remove(source)
        del self._watched[source.fileno()]
        self._tell_end()

    def _tell_end(self) -> None:
        if self._one_ended is not None and (self._open or self._awaited):
            self._one_ended()
            self._one_ended = None

    def _exchange(self) -> None:
        self._input.send(self._line)
        try:
            received = self._line.receive()
        except BlockingIOError:
            return
        if not received:
            self._open = False
            self._tell_end()
        for stream, piece in self._frames.feed(received):
            output = self._streams.stdout if stream == "stdout" else self._streams.stderr
            output.write(piece)
            output.flush()
            if stream == "stdout":
                self._streams.moved(len(piece))


class _Input:
    """What is still to be sent: it comes from a descriptor that can be waited for, or lies in memory."""

    def __init__(self, streams: Streams, wrap: Callable[[bytes], bytes]) -> None:
        self._stdin = streams.stdin
        self._moved = streams.moved
        self._wrap = wrap
        self._descriptor = _descriptor(streams.stdin)
        self._pending = b""
        self._reading = streams.stdin is not None
        self._ending = False

    @property
    def source(self) -> int | None:
        """The descriptor to read from next, or None when there is something to send first, or nothing any more."""
        return self._descriptor if self._reading and not self._pending else None

    @property
    def has_more(self) -> bool:
        """Whether something can be sent without reading first."""
        return bool(self._pending) or self._ending or (self._reading and self._descriptor is None)

    def push(self, data: bytes) -> None:
        """Have this sent next."""
        self._pending += data

    def take(self) -> None:
        """Read a piece; nothing means the end."""
        read = self._read()
        if read:
            self._moved(len(read))
            self._pending += self._wrap(read)
        else:
            self._reading, self._ending = False, True

    def send(self, line: Line) -> None:
        """Send what the line takes without waiting."""
        if self._reading and self._descriptor is None and not self._pending:
            self.take()
        try:
            if self._pending:
                self._pending = self._pending[line.send(self._pending) :]
            if self._ending:
                line.end_input()
                self._ending = False
        except BlockingIOError:
            return

    def _read(self) -> bytes:
        if self._descriptor is None:
            return self._stdin.read(_PIECE) if self._stdin else b""
        try:
            return os.read(self._descriptor, _PIECE)
        except OSError:
            # The terminal is gone: there is no more input, as at its end.
            return b""


def _descriptor(stdin: BinaryIO | None) -> int | None:
    """Return what can be waited for, or None for input that lies in memory."""
    try:
        return stdin.fileno() if stdin else None
    except io.UnsupportedOperation:
        return None
