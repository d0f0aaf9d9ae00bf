"""What every look at HTTP and ports tells, the real one and the scripted one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Protocol

import pytest

from datacats.engine.fake_http import FakeHttp
from datacats.engine.http import RealHttp
from datacats.model.ports import Answer, Http

LOOPBACK = "127.0.0.1"
LIMIT = 64 * 1024


class Stage(Protocol):
    """Where a test sets up what is to be looked at."""

    @property
    def http(self) -> Http:
        """What a test looks through."""

    def page(self, answer: Answer, location: str = "") -> str:
        """Let a page answer so; return its URL."""

    def taken_port(self) -> int:
        """Return a port that somebody holds."""

    def free_port(self) -> int:
        """Return a port that nobody holds."""


class FakeStage:
    def __init__(self) -> None:
        self.http = FakeHttp()

    def page(self, answer: Answer, location: str = "") -> str:
        del location
        self.http.script("http://127.0.0.1:5716/page", answer)
        return "http://127.0.0.1:5716/page"

    def taken_port(self) -> int:
        self.http.taken[5716] = "docker-proxy (pid 7)"
        return 5716

    def free_port(self) -> int:
        return 5717


class RealStage:
    def __init__(self) -> None:
        self.http = RealHttp()
        self._answer = Answer(500)
        self._location = ""
        self._server = HTTPServer((LOOPBACK, 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def page(self, answer: Answer, location: str = "") -> str:
        self._answer, self._location = answer, location
        return f"http://{LOOPBACK}:{self._server.server_port}/page"

    def taken_port(self) -> int:
        return self._server.server_port

    def free_port(self) -> int:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        return port

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stage = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = stage._answer
                self.send_response(answer.status)
                if stage._location:
                    self.send_header("Location", stage._location)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


@pytest.fixture(params=["real", "fake"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "fake":
        yield FakeStage()
        return
    real = RealStage()
    yield real
    real.close()


@pytest.mark.parametrize("status", [200, 404, 503])
def test_an_answer_has_its_status_and_body(stage: Stage, status: int) -> None:
    answer = stage.http.get(stage.page(Answer(status, body=b"hello")))
    assert (answer.status, answer.body) == (status, b"hello")


def test_a_redirect_is_told_and_not_followed(stage: Stage) -> None:
    url = stage.page(Answer(302), location="http://127.0.0.1:1/elsewhere")
    assert stage.http.get(url).status == 302


def test_of_a_long_body_the_beginning_is_kept(stage: Stage) -> None:
    answer = stage.http.get(stage.page(Answer(200, body=b"x" * (LIMIT + 1))))
    assert (answer.status, len(answer.body)) == (200, LIMIT)


def test_where_nothing_listens_the_answer_says_that_the_connection_was_refused(stage: Stage) -> None:
    answer = stage.http.get(f"http://{LOOPBACK}:{stage.free_port()}/")
    assert answer == Answer(0, "the connection was refused")


def test_nobody_holds_a_free_port(stage: Stage) -> None:
    assert stage.http.port_holder(LOOPBACK, stage.free_port()) is None


def test_a_taken_port_names_program_and_process(stage: Stage) -> None:
    holder = stage.http.port_holder(LOOPBACK, stage.taken_port())
    assert holder is not None
    program, _, process = holder.partition(" (pid ")
    assert program
    assert process.rstrip(")").isdecimal()


def test_a_pause_ends(stage: Stage) -> None:
    stage.http.pause(0.001)
