from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from datacats.engine.endpoint import Endpoint
from datacats.engine.line import Line
from datacats.errors import EngineUnreachable

ABORT = struct.pack("ii", 1, 0)
"""Close without a word to the other side but that the connection is no more."""


@pytest.fixture
def ends() -> Iterator[tuple[Line, socket.socket]]:
    """A line over a port of loopback, and its other end."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as near,
        listener.accept()[0] as far,
    ):
        near.setblocking(False)
        yield Line(near, b"", Endpoint(path="/nowhere")), far


def abort(far: socket.socket) -> None:
    far.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    far.close()


def fill(line: Line) -> None:
    while True:
        line.send(bytes(65536))


def test_a_line_on_which_nothing_came_does_not_wait(ends: tuple[Line, socket.socket]) -> None:
    with pytest.raises(BlockingIOError):
        ends[0].receive()


def test_a_line_that_takes_no_more_does_not_wait(ends: tuple[Line, socket.socket]) -> None:
    with pytest.raises(BlockingIOError):
        fill(ends[0])


def test_an_aborted_line_is_told_as_a_broken_connection(ends: tuple[Line, socket.socket]) -> None:
    line, far = ends
    abort(far)

    with pytest.raises(EngineUnreachable, match="broke off"):
        line.receive()


def test_input_for_a_command_that_has_ended_is_dropped(ends: tuple[Line, socket.socket]) -> None:
    line, far = ends
    abort(far)

    assert [line.send(b"more") for _ in range(3)] == [4, 4, 4]
    line.end_input()


def test_a_line_can_be_received_from_after_its_input_has_ended(ends: tuple[Line, socket.socket]) -> None:
    line, far = ends
    line.send(b"question")
    line.end_input()

    assert far.recv(100) == b"question"
    assert far.recv(100) == b""
    far.sendall(b"answer")
    far.close()
    assert line.receive() == b"answer"
    assert line.receive() == b""
