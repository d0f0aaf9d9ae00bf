from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from datacats.engine.endpoint import Endpoint
from datacats.engine.wire import Wire
from datacats.errors import EngineError, EngineTooOld, EngineUnreachable
from tests.support.scripted import ScriptedEngine

NOBODY = 65534


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with closing(ScriptedEngine(tmp_path / "socket")) as engine:
        yield engine


@pytest.fixture
def wire(engine: ScriptedEngine) -> Wire:
    return Wire(Endpoint(path=str(engine.path)))


def says(engine: ScriptedEngine, *answers: bytes) -> None:
    """Let the engine give these answers, one a request; the last one for ever."""
    left = list(answers)
    engine.serve = lambda link: link.sendall(left.pop(0) if len(left) > 1 else left[0])


def answer(status: int, body: object) -> bytes:
    content = json.dumps(body).encode()
    return b"HTTP/1.1 %d Words\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(content), content)


def refusal(status: int, text: str) -> bytes:
    return answer(status, {"message": text})


def test_a_request_says_what_is_asked_in_the_oldest_version_that_datacats_speaks(
    wire: Wire, engine: ScriptedEngine
) -> None:
    says(engine, answer(201, {"Id": "1"}))

    assert wire.call("POST", "/containers/create", {"name": "a b"}, {"Image": "x"}) == {"Id": "1"}

    head = engine.heads[0]
    assert head.startswith(b"POST /v1.41/containers/create?name=a+b HTTP/1.1\r\n")
    assert b"Content-Type: application/json" in head


def test_an_answer_without_content_is_none(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    assert wire.call("POST", "/containers/x/start") is None


def test_an_engine_that_no_longer_speaks_that_version_is_asked_in_its_own_oldest_and_that_is_kept(
    wire: Wire, engine: ScriptedEngine
) -> None:
    too_old = "client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client"
    says(engine, refusal(400, too_old), answer(200, []))

    assert wire.call("GET", "/containers/json") == []
    assert wire.call("GET", "/networks") == []

    assert [head.split()[1] for head in engine.heads] == [
        b"/v1.41/containers/json",
        b"/v1.44/containers/json",
        b"/v1.44/networks",
    ]


def test_an_engine_that_keeps_refusing_every_version_is_not_asked_for_ever(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, refusal(400, "client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade"))

    with pytest.raises(EngineTooOld) as refused:
        wire.call("GET", "/containers/json")

    assert len(engine.heads) == 2
    assert refused.value.kind == "EngineTooOld"


def test_an_engine_older_than_datacats_speaks_is_named_too_old(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, refusal(400, "client version 1.41 is too new. Maximum supported API version is 1.40"))

    with pytest.raises(EngineTooOld, match=r"1\.40") as refused:
        wire.call("GET", "/containers/json")

    assert "20.10" in refused.value.hint


def test_an_engine_that_fails_without_words_is_told_with_its_status(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(EngineError, match="status 502"):
        wire.call("GET", "/containers/json")


@pytest.mark.parametrize(
    "words",
    [
        b"HTTP/1.1 404 Nope\r\nConnection: close\r\nContent-Length: 16\r\n\r\n<h1>Nope</h1>\n\n\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 16\r\n\r\n<h1>Home</h1>\n\n\n",
        answer(404, {"errors": []}),
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["refuses", "answers anything", "speaks JSON", "speaks no HTTP"],
)
def test_what_is_no_engine_is_called_so_and_none_of_its_pages_is_shown(
    wire: Wire, engine: ScriptedEngine, words: bytes
) -> None:
    says(engine, words)

    with pytest.raises(EngineUnreachable, match="is no Docker Engine") as failed:
        wire.call("GET", "/containers/json")

    assert "<h1>" not in failed.value.message


@pytest.mark.parametrize("head", [b"Api-Version: 1.41", b"Content-Type: application/vnd.docker.raw-stream"])
def test_an_engines_refusal_in_words_of_its_own_is_a_refusal(wire: Wire, engine: ScriptedEngine, head: bytes) -> None:
    says(engine, b"HTTP/1.1 500 No\r\n%s\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfull" % head)

    with pytest.raises(EngineError, match="status 500: full"):
        wire.call("GET", "/containers/json")


def test_an_absent_socket_is_told_with_how_to_start_an_engine(tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable, match=str(tmp_path / "absent")) as failed:
        Wire(Endpoint(path=str(tmp_path / "absent"))).call("GET", "/info")

    assert "sudo systemctl start docker" in failed.value.hint
    assert "./script/demo" in failed.value.hint


@pytest.mark.parametrize("name", ["DOCKER_HOST", "the Docker context far"])
@pytest.mark.parametrize("kind", ["absent", "dead", "page", "no name"])
def test_an_address_that_somebody_wrote_down_is_told_with_where_and_how_to_leave_it(
    tmp_path: Path, engine: ScriptedEngine, kind: str, name: str
) -> None:
    says(engine, b"HTTP/1.1 404 Nope\r\nContent-Length: 4\r\n\r\n<h1>")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))
    where = {
        "absent": Endpoint(path=str(tmp_path / "absent"), named_by=name),
        "dead": Endpoint(path=str(tmp_path / "dead"), named_by=name),
        "page": Endpoint(path=str(engine.path), named_by=name),
        "no name": Endpoint(hostname="nowhere.invalid", port=2375, named_by=name),
    }

    with pytest.raises(EngineUnreachable) as failed:
        Wire(where[kind]).call("GET", "/info")

    assert failed.value.hint.startswith(f"{name} says that it listens there.")
    assert ("unset DOCKER_HOST" in failed.value.hint) is (name == "DOCKER_HOST")


@contextmanager
def somebody_else() -> Iterator[None]:
    """Have no more rights than anybody while the context lasts."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_forbidden_socket_is_told_with_the_group_to_join(wire: Wire, engine: ScriptedEngine) -> None:
    engine.path.chmod(0o000)

    with somebody_else(), pytest.raises(EngineUnreachable, match="closed to you") as failed:
        wire.call("GET", "/info")

    assert "usermod -aG docker" in failed.value.hint


def test_a_socket_that_nobody_listens_on_any_more_is_told_so(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "dead"))

    with pytest.raises(EngineUnreachable, match="refused"):
        Wire(Endpoint(path=str(tmp_path / "dead"))).call("GET", "/info")


def test_a_host_name_that_is_none_is_told_so() -> None:
    with pytest.raises(EngineUnreachable, match=r"nowhere\.invalid:2375"):
        Wire(Endpoint(hostname="nowhere.invalid", port=2375)).call("GET", "/info")


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{",
    ],
    ids=["nothing", "cut content", "cut chunks", "cut refusal"],
)
def test_an_answer_that_is_none_or_is_cut_is_told_as_a_broken_connection(
    wire: Wire, engine: ScriptedEngine, words: bytes
) -> None:
    says(engine, words)

    with pytest.raises(EngineUnreachable, match="broke off"):
        wire.call("GET", "/containers/json")


def test_an_engine_that_says_nothing_is_not_waited_for_for_ever(wire: Wire, engine: ScriptedEngine) -> None:
    def listen(link: socket.socket) -> None:
        link.recv(1)

    engine.serve = listen

    with pytest.raises(EngineUnreachable, match="in time"):
        wire.open("GET", "/info", patience=0.05)


def test_a_stream_cut_in_the_middle_is_told(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n5\r\nse")

    with closing(wire.open("GET", "/events")) as events:
        pieces = events.pieces()
        assert next(pieces) == b"first"
        with pytest.raises(EngineUnreachable):
            list(pieces)


def test_bytes_that_come_together_with_the_head_of_a_stream_are_not_lost(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst")

    with closing(wire.upgrade("/exec/x/start", body={})) as line:
        assert line.receive() == b"first"


def test_an_upgrade_is_asked_for(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")

    wire.upgrade("/exec/x/start", body={}).close()

    assert b"Connection: Upgrade\r\nUpgrade: tcp\r\n" in engine.heads[0]


def test_an_answer_that_turns_nothing_into_a_stream_is_told(wire: Wire, engine: ScriptedEngine) -> None:
    says(engine, answer(200, {}))

    with pytest.raises(EngineUnreachable, match="stream"):
        wire.upgrade("/exec/x/start", body={})
