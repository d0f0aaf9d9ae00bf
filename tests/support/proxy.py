"""A proxy on a Unix socket in front of a Docker Engine: it records requests and can be armed to disturb them.

Every connection carries one request: the proxy adds ``Connection: close``, so a client opens a new one for the next and
none of the answers has to be understood. Streams, chunked or upgraded, pass as raw bytes.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

When = Literal["before", "sent", "after"]
"""``before``: the engine has not seen the request. ``sent``: it has, and has not yet answered. ``after``: it has begun
to answer, the client has not seen that."""

_PIECE = 65536
_VERSION = re.compile(r"^/v\d+\.\d+(?=/)")

CHANGING_METHODS = frozenset({"POST", "PUT", "DELETE"})
NOT_CHANGING = re.compile(r"/containers/[^/]+/(wait|attach|resize|exec)|/exec/[^/]+/(start|resize)")
"""Requests that change nothing of the engine's though they are POST: they watch, or run a command inside."""


class Cut(Exception):
    """Raised by an action to close both connections at once."""


@dataclass(frozen=True)
class Request:
    """A request: its number from 1 on, its method, its path without version and query, and its query."""

    number: int
    method: str
    path: str
    query: str = ""

    @property
    def changes(self) -> bool:
        """Whether it may change what the engine holds. This is the one place that says so."""
        return self.method in CHANGING_METHODS and NOT_CHANGING.fullmatch(self.path) is None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


Action = Callable[[Request], None]
Matches = Callable[[Request], bool]


@dataclass
class EngineProxy:
    """Listens on ``path`` for an engine on ``engine`` while it is open. Its actions run in the proxy's threads."""

    path: Path
    engine: Path = Path("/var/run/docker.sock")
    requests: list[Request] = field(default_factory=list)
    _armed: list[tuple[Matches, When, Action]] = field(default_factory=list)
    _cuts: list[tuple[Matches, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def changes(self) -> list[Request]:
        """The requests so far that may change something."""
        return [request for request in self.requests if request.changes]

    @property
    def address(self) -> str:
        """What ``DOCKER_HOST`` has to be."""
        return f"unix://{self.path}"

    def on_request(self, number: int, when: When, action: Action) -> None:
        """Call an action at the request of that number."""
        self.on(lambda request: request.number == number, when, action)

    def on(self, matches: Matches, when: When, action: Action) -> None:
        """Call an action at every request that matches. An action that raises Cut cuts both connections."""
        self._armed.append((matches, when, action))

    def cut_answer(self, matches: Matches, after: int) -> None:
        """Cut the answers to matching requests after so many bytes, their heads included."""
        self._cuts.append((matches, after))

    @contextmanager
    def open(self) -> Iterator[EngineProxy]:
        """Listen while the context lasts."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.path))
            listener.listen(64)
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
            try:
                yield self
            finally:
                with suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                self.path.unlink()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine:
            with suppress(OSError, Cut):
                self._pass_on(client, engine)
            _hang_up(client, engine)  # closing alone would not end what the other thread waits for

    def _pass_on(self, client: socket.socket, engine: socket.socket) -> None:
        head, rest = _read_head(client)
        if not head:
            return
        request = self._record(head)
        self._act(request, "before")
        engine.connect(str(self.engine))
        engine.sendall(_closing(head) + rest)
        self._act(request, "sent")
        threading.Thread(target=_relay, args=(client, engine), daemon=True).start()
        self._answer(request, engine, client)

    def _record(self, head: bytes) -> Request:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        path, _, query = _VERSION.sub("", target).partition("?")
        with self._lock:
            request = Request(len(self.requests) + 1, method, unquote(path), query)
            self.requests.append(request)
        return request

    def _act(self, request: Request, moment: When) -> None:
        for matches, when, action in self._armed:
            if when == moment and matches(request):
                action(request)

    def _answer(self, request: Request, engine: socket.socket, client: socket.socket) -> None:
        left = min((after for matches, after in self._cuts if matches(request)), default=None)
        piece = engine.recv(_PIECE)
        self._act(request, "after")
        while piece:
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            client.sendall(piece)
            if left == 0:
                raise Cut
            piece = engine.recv(_PIECE)


def _read_head(client: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = client.recv(_PIECE)
        if not piece:
            return b"", b""
        received += piece
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest


def _closing(head: bytes) -> bytes:
    """Ask for one answer only, unless the connection is to become a stream."""
    if re.search(rb"\r\nupgrade:", head, re.IGNORECASE):
        return head + b"\r\n\r\n"
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])


def _relay(client: socket.socket, engine: socket.socket) -> None:
    with suppress(OSError):
        while piece := client.recv(_PIECE):
            engine.sendall(piece)
        engine.shutdown(socket.SHUT_WR)


def _hang_up(*links: socket.socket) -> None:
    for link in links:
        with suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)
