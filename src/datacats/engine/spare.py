"""Commands in spare one-off containers: one waits with CKAN imported, runs one command by fork, and ends with it.

What goes over its standard input and outputs stands in ``spare.py`` of the web image.
"""

from __future__ import annotations

import json
import secrets
import signal
import struct
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import BinaryIO, cast

from datacats.engine.attending import attending
from datacats.engine.one_off import Watch, cut, destroy, send_signal
from datacats.engine.pump import Pump
from datacats.engine.terminal import WindowSize, window_size
from datacats.engine.wire import Answer, Wire
from datacats.errors import EngineUnreachable, NoSuchContainer
from datacats.model.ports import Streams

_ATTACHED = {"stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}
_DIGITS = 3
_NOTES_WITHIN = 10.0
_GRACE = 10
_KILLED = 137
_CTRL_C = b"\x03"


class DockerSpares:
    """Spares over a wire to the engine; what each method promises stands in ``model.ports.Spares``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def take(self, name: str, new: str) -> None:
        """Give it another name: of two who do so by the same name only one can.

        Who is interrupted meanwhile cannot know whether it has the new name: what has it is destroyed.
        """
        try:
            self._wire.call("POST", f"/containers/{name}/rename", {"name": new})
        except KeyboardInterrupt:
            destroy(self._wire, new)
            raise

    def run(self, name: str, argv: Sequence[str], streams: Streams) -> int:
        """Run a command in it; return its exit status. Signals go as to any one-off container.

        The engine destroys the container in a moment; that is not waited for.
        """
        return run(self._wire, name, argv, streams)


def run(wire: Wire, name: str, argv: Sequence[str], streams: Streams) -> int:
    """Run a command in a spare container on the caller's streams; see ``Spares.run``."""
    path = f"/containers/{name}"
    nonce = secrets.token_hex(16)
    stdout, stderr = (_Output(output, nonce.encode()) for output in (streams.stdout, streams.stderr))
    inner = replace(streams, stdout=_file(stdout), stderr=_file(stderr), terminal=False)
    ending = _Ending(wire, path)

    def pass_on(number: signal.Signals) -> None:
        ending.ask()
        watch.pass_on(number)

    def keys(data: bytes) -> bytes:
        if _CTRL_C in data:
            ending.ask()
            send_signal(wire, path, signal.SIGURG)
        return _keys(data)

    try:
        with closing(wire.upgrade(f"{path}/attach", _ATTACHED)) as line:
            pump = Pump(line, inner, keys if streams.terminal else bytes)
            watch = Watch(wire, path, pump, _GRACE)
            with attending(pump, streams, pass_on, lambda size: pump.send(_window(size))):
                pump.send(_head(argv, nonce, streams))
                stdout.then = stderr.then = lambda: _stop(pump, stdout, stderr)
                pump.run()
    except BaseException:
        destroy(wire, name)
        raise
    for output in (stdout, stderr):
        output.release()
    with closing(ending):
        return ending.status() if stdout.status is None else stdout.status


def _stop(pump: Pump, *outputs: _Output) -> None:
    """Nothing more comes once both outputs have had their last word; the container need not be waited for."""
    if all(each.status is not None for each in outputs):
        pump.stop()


def _head(argv: Sequence[str], nonce: str, streams: Streams) -> bytes:
    size = window_size(streams.stdout) if streams.terminal else None
    terminal = list(size or (24, 80)) if streams.terminal else None
    told = {"argv": list(argv), "stdin": streams.stdin is not None, "terminal": terminal, "nonce": nonce}
    return json.dumps(told).encode() + b"\n"


def _keys(data: bytes) -> bytes:
    return struct.pack(">cI", b"d", len(data)) + data


def _window(size: WindowSize) -> bytes:
    return struct.pack(">cIHH", b"w", 4, *size)


class _Ending:
    """How a container ended that had no last word: it was killed, or removed, or interrupted before its command.

    To be asked for before a signal is sent: of a container that the engine has removed nobody can tell.
    """

    def __init__(self, wire: Wire, path: str) -> None:
        self._wire = wire
        self._path = path
        self._answer: Answer | None = None

    def ask(self) -> None:
        """Have it told as soon as the container ends."""
        if self._answer is None:
            with suppress(NoSuchContainer):
                self._answer = self._wire.open("POST", f"{self._path}/wait", patience=_NOTES_WITHIN)

    def status(self) -> int:
        """Return its exit status; of one that was removed before anybody asked it is that of one that was killed."""
        try:
            self.ask()
            return _KILLED if self._answer is None else int(self._answer.json()["StatusCode"])
        except EngineUnreachable as error:
            raise cut(self._wire) from error

    def close(self) -> None:
        """Leave what was not asked, or not told yet."""
        if self._answer is not None:
            self._answer.close()


class _Output:
    """Passes an output on up to its last word: the nonce and the exit status."""

    def __init__(self, output: BinaryIO, nonce: bytes) -> None:
        self._output = output
        self._nonce = nonce
        self._held = b""
        self.status: int | None = None
        self.then: Callable[[], None] = _nothing

    def write(self, data: bytes) -> int:
        """Write what cannot be the beginning of the last word."""
        if self.status is None:
            self._held += data
            self._look()
        return len(data)

    def flush(self) -> None:
        """Flush what was passed on."""
        self._output.flush()

    def release(self) -> None:
        """Write what was held back and was no last word after all."""
        self._output.write(self._held)
        self._output.flush()

    def _look(self) -> None:
        at = self._held.find(self._nonce)
        if at < 0:
            at = len(self._held) - _overlap(self._held, self._nonce)
        elif len(self._held) >= (end := at + len(self._nonce) + _DIGITS):
            self.status = int(self._held[end - _DIGITS : end])
        self._output.write(self._held[:at])
        self._held = b"" if self.status is not None else self._held[at:]
        if self.status is not None:
            self._output.flush()
            self.then()


def _nothing() -> None:
    """What follows a last word that nobody waits for."""


def _overlap(data: bytes, word: bytes) -> int:
    """Return how many bytes at the end of the data are the beginning of the word."""
    longest = min(len(data), len(word) - 1)
    return next((length for length in range(longest, 0, -1) if data.endswith(word[:length])), 0)


def _file(output: _Output) -> BinaryIO:
    """The pump writes and flushes, and asks for nothing else of an output."""
    return cast(BinaryIO, output)
