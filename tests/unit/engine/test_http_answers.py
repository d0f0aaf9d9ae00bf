"""Answers of real servers, of those that behave and of those that do not."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from datacats.engine.http import RealHttp
from datacats.model.ports import Answer
from tests.support.users import needs_ipv6

OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Answers one connection with some pieces, a pause after each, and closes it; ``heard`` is what it was asked."""

    def __init__(self, family: socket.AddressFamily, pieces: tuple[bytes, ...], pause: float) -> None:
        self.heard = b""
        self._listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self._pieces, self._pause = pieces, pause
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            self.heard = connection.recv(65536)
            for piece in self._pieces:
                try:
                    connection.sendall(piece)
                except ConnectionError:
                    return
                time.sleep(self._pause)

    def close(self) -> None:
        self._thread.join()
        self._listener.close()


@contextmanager
def server(
    *pieces: bytes, pause: float = 0, family: socket.AddressFamily = socket.AddressFamily.AF_INET
) -> Iterator[Server]:
    running = Server(family, pieces, pause)
    try:
        yield running
    finally:
        running.close()


def ask(*pieces: bytes, pause: float = 0, timeout: float = 10) -> Answer:
    with server(*pieces, pause=pause) as running:
        return RealHttp().get(f"http://127.0.0.1:{running.port}/", timeout=timeout)


def test_path_and_query_are_asked_for_under_the_host_of_the_url() -> None:
    with server(OK + b"\r\n") as running:
        RealHttp().get(f"http://127.0.0.1:{running.port}/dataset?q=a%20b")
    request, *headers = running.heard.split(b"\r\n")
    assert request == b"GET /dataset?q=a%20b HTTP/1.1"
    assert b"Host: 127.0.0.1:%d" % running.port in headers
    assert b"Connection: close" in headers, "or a server with few workers would keep one waiting for us"


def test_another_host_is_sent_in_place_of_the_urls_own() -> None:
    with server(OK + b"\r\n") as running:
        RealHttp().get(f"http://127.0.0.1:{running.port}", host="data.example.org")
    hosts = [line for line in running.heard.split(b"\r\n") if line.lower().startswith(b"host:")]
    assert hosts == [b"Host: data.example.org"]
    assert running.heard.startswith(b"GET / ")


@needs_ipv6
def test_a_server_on_the_loopback_address_of_ip_version_6_is_reached() -> None:
    with server(OK + b"Content-Length: 2\r\n\r\nhi", family=socket.AddressFamily.AF_INET6) as running:
        assert RealHttp().get(f"http://[::1]:{running.port}/") == Answer(200, "OK", b"hi")


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 5\r\n\r\nhello",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        b"\r\nhello",
    ],
)
def test_a_body_is_read_to_its_end_however_its_length_is_told(body: bytes) -> None:
    assert ask(OK + body) == Answer(200, "OK", b"hello")


@pytest.mark.parametrize("framing", [b"", b"Content-Length: 200000\r\n"])
def test_of_a_body_that_comes_in_pieces_64_kib_are_kept(framing: bytes) -> None:
    answer = ask(OK + framing + b"\r\n", *[b"x" * 20_000] * 10)
    assert (answer.status, answer.body) == (200, b"x" * 65536)


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ((), "the connection was closed before an answer came"),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "what answered does not speak HTTP"),
        ((OK + b"Content-Length: 10\r\n\r\nhell",), "the answer was cut off"),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhe",), "the answer was cut off"),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",), "the answer was cut off"),
    ],
)
def test_what_is_no_whole_answer_counts_as_none(pieces: tuple[bytes, ...], reason: str) -> None:
    assert ask(*pieces) == Answer(0, reason)


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    began = time.monotonic()
    assert ask(b"", pause=0.4, timeout=0.1) == Answer(0, "no answer in time")
    assert time.monotonic() - began < 5


def test_a_body_that_trickles_is_given_up_in_time() -> None:
    pieces = [OK + b"Content-Length: 1000\r\n\r\n", *[b"x"] * 20]
    assert ask(*pieces, pause=0.03, timeout=0.2) == Answer(0, "no answer in time")


def test_a_reset_connection_is_told_as_closed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def reset() -> None:
            connection, _ = listener.accept()
            connection.recv(65536)
            linger_for_no_time = b"\1\0\0\0\0\0\0\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_no_time)
            connection.close()

        thread = Thread(target=reset)
        thread.start()
        answer = RealHttp().get(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert answer == Answer(0, "the connection was closed before an answer came")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "no host has that name"),
        (OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH)), "No route to host"),
    ],
)
def test_a_host_that_cannot_be_found_is_an_answer_too(
    monkeypatch: pytest.MonkeyPatch, error: OSError, reason: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert RealHttp().get("http://portal.invalid/") == Answer(0, reason)


def test_proxies_of_the_process_are_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert ask(OK + b"\r\nhello").body == b"hello"


def test_an_unencrypted_server_gives_no_encrypted_answer() -> None:
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as running:
        answer = RealHttp().get(f"https://127.0.0.1:{running.port}/", timeout=5)
    assert answer.status == 0
    assert answer.reason
