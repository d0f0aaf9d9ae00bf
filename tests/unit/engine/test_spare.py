"""Commands in spares: the last word is no output, and an end without one is told for what it was."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from datacats.engine import spare
from datacats.engine.endpoint import Endpoint
from datacats.engine.wire import Wire
from datacats.errors import EngineUnreachable
from datacats.model.ports import Streams
from tests.support.scripted import ScriptedEngine

NONCE = b"0123456789abcdef" * 2


class Spare:
    """An engine with a spare that says what a test tells it to; ``NONCE`` in it stands for the real one."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self.engine = engine
        self.says: list[tuple[int, bytes]] = []
        self.in_bytes = False
        self.heard = b""
        self.ending: bytes = _answer(200, {"StatusCode": 137})
        self.interrupts_at = ""
        self.when_heard: Callable[[], object] | None = None
        self.signalled = threading.Event()
        engine.serve = self._serve

    def _serve(self, link: socket.socket) -> None:
        path = self.engine.heads[-1].split(b" ")[1].decode().partition("?")[0]
        if self.interrupts_at and path.endswith(self.interrupts_at):
            os.kill(os.getpid(), signal.SIGINT)
        elif path.endswith("/attach"):
            self._talk(link)
        elif path.endswith("/wait"):
            link.sendall(self.ending)
        else:
            link.sendall(_answer(200, {}))
            if path.endswith("/kill"):
                self.signalled.set()

    def _talk(self, link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        while b"\n" not in self.heard:
            self.heard += link.recv(4096)
        head = json.loads(self.heard.splitlines()[0])
        if self.when_heard:
            self.when_heard()
            self.signalled.wait(20)
            if head["terminal"]:
                link.recv(4096)  # keys that nobody has read would break the connection
        nonce = head["nonce"].encode()
        for stream, text in self.says:
            said = text.replace(NONCE, nonce)
            length = 1 if self.in_bytes else len(said)
            for at in range(0, len(said), length):
                link.sendall(struct.pack(">BxxxL", stream, length) + said[at : at + length])


def _answer(status: int, body: object) -> bytes:
    content = json.dumps(body).encode()
    return b"HTTP/1.1 %d W\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Spare]:
    with closing(ScriptedEngine(tmp_path / "socket")) as engine:
        yield Spare(engine)


def run(there: Spare, *, stdin: bytes | None = None) -> tuple[int, bytes, bytes]:
    stdout, stderr = io.BytesIO(), io.BytesIO()
    streams = Streams(None if stdin is None else io.BytesIO(stdin), stdout, stderr)
    status = spare.run(Wire(Endpoint(path=str(there.engine.path))), "one", ("db", "version"), streams)
    return status, stdout.getvalue(), stderr.getvalue()


def test_the_head_says_what_to_run_and_whether_there_is_input(there: Spare) -> None:
    there.says = [(1, NONCE + b"000"), (2, NONCE + b"000")]
    run(there)
    head = json.loads(there.heard.splitlines()[0])
    assert (head["argv"], head["stdin"], head["terminal"]) == (["db", "version"], False, None)


def test_the_last_words_are_the_status_and_no_output(there: Spare) -> None:
    there.says = [(1, b"out"), (2, b"err" + NONCE + b"007"), (1, b"put" + NONCE + b"007")]
    assert run(there) == (7, b"output", b"err")


def test_output_that_comes_after_the_other_outputs_last_word_is_not_lost(there: Spare) -> None:
    there.says = [(2, NONCE + b"000"), (1, b"late"), (1, NONCE + b"000")]
    assert run(there)[1] == b"late"


def test_every_cut_of_a_last_word_is_put_together(there: Spare) -> None:
    there.in_bytes = True
    there.says = [(1, b"before" + NONCE + b"042"), (2, NONCE + b"042")]
    assert run(there) == (42, b"before", b"")


def test_what_only_begins_like_a_last_word_is_output(there: Spare) -> None:
    there.says = [(1, NONCE[:9] + b"!"), (1, NONCE + b"000"), (2, NONCE[:4]), (2, b"\n" + NONCE + b"000")]
    assert run(there) == (0, NONCE[:9] + b"!", NONCE[:4] + b"\n")


def test_an_output_that_ends_with_half_a_last_word_is_given_in_full(there: Spare) -> None:
    there.says = [(1, b"half" + NONCE[:5])]
    status, stdout, _ = run(there)
    assert status == 137
    assert stdout.startswith(b"half")
    assert len(stdout) == len(b"half") + 5


def test_a_container_that_ends_without_a_last_word_was_killed(there: Spare) -> None:
    there.ending = _answer(200, {"StatusCode": 137})
    assert run(there)[0] == 137


def test_a_container_that_was_removed_under_its_command_is_as_good_as_killed(there: Spare) -> None:
    there.ending = _answer(404, {"message": "No such container: one"})
    assert run(there)[0] == 137


def test_a_container_that_runs_on_without_its_output_has_lost_its_connection(
    there: Spare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare, "_NOTES_WITHIN", 0.05)
    there.ending = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with pytest.raises(EngineUnreachable, match="broke off while a container ran"):
        run(there)


def test_a_consumer_that_has_gone_ends_the_command(there: Spare) -> None:
    class Closed(io.BytesIO):
        def write(self, _data: object) -> int:
            raise BrokenPipeError

    there.says = [(1, b"out")]
    wire = Wire(Endpoint(path=str(there.engine.path)))
    with pytest.raises(BrokenPipeError):
        spare.run(wire, "one", ("db",), Streams(None, Closed(), io.BytesIO()))
    assert there.engine.heads[-1].startswith(b"DELETE /v1.41/containers/one?force=1&v=1 ")


def test_a_spare_that_was_taken_is_destroyed_when_an_interrupt_comes_while_attaching_to_it(there: Spare) -> None:
    there.interrupts_at = "/attach"
    with pytest.raises(KeyboardInterrupt):
        run(there)
    assert there.engine.heads[-1].startswith(b"DELETE /v1.41/containers/one?force=1&v=1 ")


def test_a_spare_is_destroyed_under_its_new_name_when_an_interrupt_comes_while_it_is_taken(there: Spare) -> None:
    there.interrupts_at = "/rename"
    with pytest.raises(KeyboardInterrupt):
        spare.DockerSpares(Wire(Endpoint(path=str(there.engine.path)))).take("one", "mine")
    assert there.engine.heads[-1].startswith(b"DELETE /v1.41/containers/mine?force=1&v=1 ")


def requests(there: Spare, word: bytes) -> list[bytes]:
    return [head.split(b" ")[1] for head in there.engine.heads if word in head]


def test_an_interrupt_before_there_is_a_command_has_the_status_that_the_spare_ends_with(there: Spare) -> None:
    there.when_heard = lambda: os.kill(os.getpid(), signal.SIGINT)
    there.ending = _answer(200, {"StatusCode": 130})
    assert run(there) == (130, b"", b"")


def test_how_a_spare_ends_is_asked_before_it_is_interrupted_as_it_may_be_gone_after(there: Spare) -> None:
    there.when_heard = lambda: os.kill(os.getpid(), signal.SIGINT)
    run(there)
    first, second = requests(there, b"/wait") + requests(there, b"/kill")
    assert second.endswith(b"/containers/one/kill?signal=SIGINT")
    assert [head.split(b" ")[1] for head in there.engine.heads][-2:] == [first, second]


def test_a_ctrl_c_that_is_typed_reaches_a_spare_that_reads_no_keys_yet(there: Spare) -> None:
    keyboard, terminal = pty.openpty()
    there.when_heard = lambda: os.write(keyboard, b"\x03")
    there.ending = _answer(200, {"StatusCode": 130})
    with os.fdopen(terminal, "rb", buffering=0) as typed:
        streams = Streams(typed, io.BytesIO(), io.BytesIO(), terminal=True)
        status = spare.run(Wire(Endpoint(path=str(there.engine.path))), "one", ("db", "version"), streams)
    os.close(keyboard)
    assert (status, requests(there, b"/kill")) == (130, [b"/v1.41/containers/one/kill?signal=SIGURG"])
