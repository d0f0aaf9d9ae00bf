"""What becomes of a one-off container when the engine behaves in ways that it rarely does."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from datacats.engine import one_off
from datacats.engine.endpoint import Endpoint
from datacats.engine.wire import Wire
from datacats.errors import EngineError, EngineUnreachable
from datacats.model.image import ImageRef
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec
from tests.support.scripted import ScriptedEngine

SPEC = ContainerSpec("", ImageRef("datacats/web", "1"), ("true",), "1000:1000")


class Removing:
    """An engine whose one-off has ended, and that takes its time with all that comes after."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self.engine = engine
        self.removed = threading.Event()
        self.looks = 0
        self.state: tuple[int, object] = (200, {"State": {"Running": False}})
        self.ending: object = {"StatusCode": 3, "Error": None}
        self.ends_after = 2
        self.gets: signal.Signals | None = None
        engine.serve = self._serve

    def _serve(self, link: socket.socket) -> None:
        path = self.engine.heads[-1].split(b" ")[1].decode().partition("?")[0]
        if path.endswith("/attach"):
            link.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        elif path.endswith("/wait"):
            link.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.removed.wait(20)
            content = json.dumps(self.ending).encode()
            link.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content))
        elif path.endswith("/json"):
            self.looks += 1
            link.sendall(_answer(*self.state))
            if self.looks == self.ends_after:
                self.removed.set()
        else:
            link.sendall(_answer(200, {"Id": "1"}))
            if path.endswith("/start") and self.gets:
                os.kill(os.getpid(), self.gets)
            if path.endswith("/kill"):
                self.removed.set()


def _answer(status: int, body: object) -> bytes:
    content = json.dumps(body).encode()
    return b"HTTP/1.1 %d W\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)


@pytest.fixture
def removing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Removing]:
    monkeypatch.setattr(one_off, "_LOOK_AFTER", 0.01)
    with closing(ScriptedEngine(tmp_path / "socket")) as engine:
        removing = Removing(engine)
        yield removing
        removing.removed.set()


def run(removing: Removing, *, interruptible: bool = False, spec: ContainerSpec = SPEC) -> int:
    wire = Wire(Endpoint(path=str(removing.engine.path)))
    return one_off.run(wire, spec, Streams(None, io.BytesIO(), io.BytesIO()), interruptible=interruptible)


def test_an_engine_that_takes_long_to_remove_a_container_is_waited_for(removing: Removing) -> None:
    assert run(removing) == 3

    assert removing.looks >= 2


def test_a_container_that_runs_on_without_its_output_has_lost_its_connection(removing: Removing) -> None:
    removing.state = (200, {"State": {"Running": True}})

    with pytest.raises(EngineUnreachable, match="broke off while a container ran"):
        run(removing)


def test_a_container_that_is_gone_without_a_status_has_lost_its_connection(removing: Removing) -> None:
    removing.state = (404, {"message": "No such container: 1"})
    removing.ends_after = 0

    with pytest.raises(EngineUnreachable, match="broke off while a container ran"):
        run(removing)


def test_an_engine_that_ends_without_a_status_is_told(removing: Removing) -> None:
    removing.ending = None

    with pytest.raises(EngineUnreachable):
        run(removing)


def test_a_container_that_cannot_be_removed_is_told(removing: Removing) -> None:
    removing.ending = {"StatusCode": 0, "Error": {"Message": "device busy"}}

    with pytest.raises(EngineError, match="device busy"):
        run(removing)


def test_a_container_that_failed_is_destroyed_by_whoever_made_it(removing: Removing) -> None:
    removing.ending = None

    with pytest.raises(EngineUnreachable):
        run(removing)

    assert removing.engine.heads[-1].startswith(b"DELETE /v1.41/containers/1?force=1&v=1 ")


@pytest.mark.parametrize("status", [0, 130, 137])
def test_an_interrupt_of_what_works_for_us_is_ours_whatever_its_status(removing: Removing, status: int) -> None:
    removing.gets, removing.ends_after = signal.SIGINT, 0
    removing.ending = {"StatusCode": status, "Error": None}

    with pytest.raises(KeyboardInterrupt):
        run(removing, interruptible=True)

    assert any(b"/kill?signal=SIGINT " in head for head in removing.engine.heads)


def test_an_interrupt_of_what_works_for_a_person_is_the_commands(removing: Removing) -> None:
    removing.gets, removing.ends_after = signal.SIGINT, 0

    assert run(removing) == 3


@pytest.mark.parametrize(("stop_signal", "status"), [("SIGTERM", 3), ("SIGINT", 143)])
def test_what_has_a_stop_signal_of_its_own_gets_that_for_a_sigterm_and_counts_as_ended_by_it(
    removing: Removing, stop_signal: str, status: int
) -> None:
    removing.gets, removing.ends_after = signal.SIGTERM, 0

    assert run(removing, spec=replace(SPEC, stop_signal=stop_signal)) == status

    kills = [head for head in removing.engine.heads if b"/kill?" in head]
    assert [f"signal={stop_signal} ".encode() in head for head in kills] == [True]
