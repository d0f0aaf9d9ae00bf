from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest

from datacats.engine.endpoint import Endpoint
from datacats.engine.line import Line
from datacats.engine.pump import Pump
from datacats.model.ports import Streams
from tests.unit.engine.test_frames import frame

MEGABYTE = bytes(range(256)) * 4096
NOWHERE = Endpoint(path="/nowhere")


class Far:
    """The other end of a line, and the outputs on this end."""

    def __init__(self, received: bytes = b"") -> None:
        near, self.link = socket.socketpair()
        near.setblocking(False)
        self.line = Line(near, received, NOWHERE)
        self.stdout, self.stderr = io.BytesIO(), io.BytesIO()

    def pump(self, stdin: BinaryIO | None = None, *, terminal: bool = False) -> Pump:
        return Pump(self.line, Streams(stdin, self.stdout, self.stderr, terminal))

    def close(self) -> None:
        self.line.close()
        self.link.close()


@pytest.fixture
def far() -> Iterator[Far]:
    with closing(Far()) as far:
        yield far


def echo(link: socket.socket) -> None:
    """Send all back as standard output, then end."""
    while piece := link.recv(65536):
        link.sendall(frame(1, piece))
    link.shutdown(socket.SHUT_WR)


def test_outputs_go_where_they_belong_until_the_line_ends(far: Far) -> None:
    far.link.sendall(frame(1, b"out") + frame(2, b"err"))
    far.link.shutdown(socket.SHUT_WR)

    far.pump().run()

    assert (far.stdout.getvalue(), far.stderr.getvalue()) == (b"out", b"err")


def test_what_the_line_held_already_comes_first() -> None:
    with closing(Far(frame(1, b"first "))) as far:
        far.link.sendall(frame(1, b"second"))
        far.link.shutdown(socket.SHUT_WR)

        far.pump().run()

        assert far.stdout.getvalue() == b"first second"


def test_a_terminal_s_output_is_handed_on_as_it_is(far: Far) -> None:
    far.link.sendall(frame(1, b"out"))
    far.link.shutdown(socket.SHUT_WR)

    far.pump(terminal=True).run()

    assert far.stdout.getvalue() == frame(1, b"out")


def write_all(source: BinaryIO) -> None:
    """Write some input, then end it."""
    source.write(MEGABYTE)
    source.close()


@pytest.mark.parametrize("kind", ["memory", "file", "pipe"])
def test_input_of_every_kind_is_sent_to_its_end(far: Far, tmp_path: Path, kind: str) -> None:
    other = threading.Thread(target=echo, args=(far.link,))
    other.start()
    if kind == "memory":
        far.pump(io.BytesIO(MEGABYTE)).run()
    elif kind == "file":
        (tmp_path / "input").write_bytes(MEGABYTE)
        with (tmp_path / "input").open("rb") as stdin:
            far.pump(stdin).run()
    else:
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as stdin, os.fdopen(writer, "wb") as source:
            threading.Thread(target=write_all, args=(source,)).start()
            far.pump(stdin).run()
    other.join()

    assert far.stdout.getvalue() == MEGABYTE


def test_a_line_that_ends_while_input_is_left_ends_the_pump(far: Far) -> None:
    far.link.sendall(frame(1, b"enough"))
    far.link.close()

    far.pump(io.BytesIO(MEGABYTE)).run()

    assert far.stdout.getvalue() == b"enough"


def test_the_pump_goes_on_after_the_line_until_what_it_waits_for_has_come(far: Far) -> None:
    awaited, teller = socket.socketpair()
    with awaited, teller:
        pump = far.pump()
        pump.wait_for(awaited)
        pump.when_one_ends(lambda: teller.sendall(b"status"))
        far.link.close()

        pump.run()

        assert awaited.recv(100) == b"status"


def test_the_pump_goes_on_after_what_it_waits_for_until_the_line_has_ended(far: Far) -> None:
    awaited, teller = socket.socketpair()
    with awaited, teller:
        pump = far.pump()
        pump.wait_for(awaited)
        pump.when_one_ends(far.link.close)
        far.link.sendall(frame(1, b"all of it"))
        teller.sendall(b"status")

        pump.run()

        assert far.stdout.getvalue() == b"all of it"


def test_what_is_watched_is_attended_to_while_pumping(far: Far) -> None:
    watched, teller = socket.socketpair()
    seen: list[bytes] = []

    def attend() -> None:
        seen.append(watched.recv(100))
        far.link.close()

    with watched, teller:
        pump = far.pump()
        pump.watch(watched, attend)
        teller.sendall(b"now")
        pump.run()

    assert seen == [b"now"]


def test_an_alarm_rings_once_and_a_later_one_replaces_an_earlier(far: Far) -> None:
    rung: list[str] = []

    def ring() -> None:
        rung.append("second")
        far.link.close()

    pump = far.pump()
    pump.alarm(0.01, lambda: rung.append("first"))
    pump.alarm(0.02, ring)

    pump.run()

    assert rung == ["second"]


def test_a_pump_that_is_stopped_ends_at_once(far: Far) -> None:
    pump = far.pump()
    pump.alarm(0, pump.stop)

    pump.run()


def test_a_consumer_that_has_gone_ends_the_pump(far: Far) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    far.link.sendall(frame(1, b"too late"))
    with os.fdopen(writer, "wb", buffering=0) as stdout:
        pump = Pump(far.line, Streams(None, stdout, far.stderr))
        with pytest.raises(BrokenPipeError):
            pump.run()


def test_what_was_read_and_what_was_written_is_counted_but_for_errors(far: Far) -> None:
    moved: list[int] = []
    far.link.sendall(frame(1, b"four") + frame(2, b"error"))
    streams = Streams(io.BytesIO(b"content"), far.stdout, far.stderr, moved=moved.append)
    pump = Pump(far.line, streams)
    pump.alarm(0.01, pump.stop)

    pump.run()

    assert sorted(moved) == [4, 7]
