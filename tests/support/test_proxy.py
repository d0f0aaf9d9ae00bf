from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.proxy import Cut, EngineProxy, Request
from tests.support.scripted import ScriptedEngine


class Client(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("docker", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(str(self._path))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with closing(ScriptedEngine(tmp_path / "engine")) as engine:
        yield engine


@pytest.fixture
def proxy(tmp_path: Path, engine: ScriptedEngine) -> Iterator[EngineProxy]:
    with EngineProxy(tmp_path / "proxy", engine.path).open() as proxy:
        yield proxy


def ask(proxy: EngineProxy, method: str, target: str) -> bytes:
    with closing(Client(proxy.path)) as client:
        client.request(method, target)
        return client.getresponse().read()


def test_requests_are_recorded_in_order_without_their_version_and_query(proxy: EngineProxy) -> None:
    ask(proxy, "GET", "/v1.41/containers/json?all=1")
    ask(proxy, "POST", "/v1.41/containers/a%20b/start")

    assert proxy.requests == [
        Request(1, "GET", "/containers/json", "all=1"),
        Request(2, "POST", "/containers/a b/start"),
    ]


def test_a_client_may_ask_again_on_what_it_takes_for_one_connection(proxy: EngineProxy) -> None:
    with closing(Client(proxy.path)) as client:
        for _ in range(3):
            client.request("GET", "/_ping")
            assert client.getresponse().read() == b"OK"

    assert [str(request) for request in proxy.requests] == ["GET /_ping"] * 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/containers/create"),
        ("POST", "/containers/x/start"),
        ("DELETE", "/containers/x"),
        ("PUT", "/containers/x/archive"),
        ("POST", "/networks/x/connect"),
        ("POST", "/build"),
        ("POST", "/images/create"),
    ],
)
def test_requests_that_change_something_count_as_changes(method: str, path: str) -> None:
    assert Request(1, method, path).changes


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/containers/json"),
        ("HEAD", "/_ping"),
        ("POST", "/containers/x/wait"),
        ("POST", "/containers/x/attach"),
        ("POST", "/containers/x/resize"),
        ("POST", "/containers/x/exec"),
        ("POST", "/exec/x/start"),
        ("POST", "/exec/x/resize"),
    ],
)
def test_requests_that_watch_or_run_something_inside_are_no_changes(method: str, path: str) -> None:
    assert not Request(1, method, path).changes


def test_an_action_before_a_request_runs_while_the_engine_knows_nothing_of_it(
    proxy: EngineProxy, engine: ScriptedEngine
) -> None:
    seen: list[int] = []
    proxy.on_request(2, "before", lambda _: seen.append(len(engine.heads)))

    ask(proxy, "GET", "/one")
    ask(proxy, "GET", "/two")

    assert seen == [1]


def test_an_action_after_a_request_runs_when_the_engine_has_done_it(proxy: EngineProxy, engine: ScriptedEngine) -> None:
    seen: list[int] = []
    proxy.on_request(2, "after", lambda _: seen.append(len(engine.heads)))

    ask(proxy, "GET", "/one")
    ask(proxy, "GET", "/two")

    assert seen == [2]


def test_a_request_cut_before_it_is_forwarded_never_reaches_the_engine(
    proxy: EngineProxy, engine: ScriptedEngine
) -> None:
    def cut(_request: Request) -> None:
        raise Cut

    proxy.on(lambda request: request.path == "/cut", "before", cut)

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(proxy, "POST", "/cut")
    assert engine.heads == []


def test_an_answer_cut_after_it_began_never_reaches_the_client(proxy: EngineProxy, engine: ScriptedEngine) -> None:
    def cut(_request: Request) -> None:
        raise Cut

    proxy.on_request(1, "after", cut)

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(proxy, "POST", "/cut")
    assert len(engine.heads) == 1


def test_an_answer_can_be_cut_in_the_middle(proxy: EngineProxy, engine: ScriptedEngine) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    engine.serve = lambda link: link.sendall(head + b"0123456789")
    proxy.cut_answer(lambda request: request.path == "/long", len(head) + 4)

    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(proxy, "GET", "/long")
    assert cut.value.partial == b"0123"


def test_a_chunked_stream_is_handed_on_while_it_is_still_being_written(
    proxy: EngineProxy, engine: ScriptedEngine
) -> None:
    client_has_first = threading.Event()

    def serve(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        client_has_first.wait(10)
        link.sendall(b"6\r\nsecond\r\n0\r\n\r\n")

    engine.serve = serve
    with closing(Client(proxy.path)) as client:
        client.request("GET", "/events")
        answer = client.getresponse()
        assert answer.read(5) == b"first"
        client_has_first.set()
        assert answer.read() == b"second"


def test_an_upgraded_connection_is_relayed_both_ways_to_its_half_close(
    proxy: EngineProxy, engine: ScriptedEngine
) -> None:
    def serve(link: socket.socket) -> None:
        link.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        received = b""
        while piece := link.recv(65536):
            received += piece
        link.sendall(received[::-1])

    engine.serve = serve
    sent = bytes(range(256)) * 4096
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(10)
        link.connect(str(proxy.path))
        link.sendall(b"POST /containers/x/attach HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 101")
        link.sendall(sent)
        link.shutdown(socket.SHUT_WR)
        received = b""
        while piece := link.recv(65536):
            received += piece

    assert received == sent[::-1]
