"""HTTP to the Docker Engine: one connection a request, and errors as ours.

docker-py takes 0.2 s to import, most of what a short command may last, and loses bytes that an engine sends together
with the head of a stream. So containers and networks go this way, and docker-py does what takes long anyway: building
and moving images.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import quote, urlencode

from datacats.engine.endpoint import Endpoint
from datacats.engine.line import Line
from datacats.engine.mapping import OLDEST_API, VersionRefused, gives_a_reason, no_engine, refused, unreachable
from datacats.engine.terminal import WindowSize
from datacats.errors import EngineError

PATIENCE = 300.0
"""Seconds to wait for an answer that should come soon; a busy host starts containers slowly."""

_UPGRADE = {"Connection": "Upgrade", "Upgrade": "tcp"}
_PIECE = 65536


class Answer:
    """An answer of the engine, to be read and closed. Reading raises EngineUnreachable when it is cut."""

    def __init__(self, link: HTTPConnection, response: HTTPResponse, endpoint: Endpoint) -> None:
        self._link = link
        self._response = response
        self._endpoint = endpoint

    def close(self) -> None:
        """Leave what has not been read."""
        self._response.close()
        self._link.close()

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return self._response.getheader(name) or ""

    def json(self) -> Any:  # noqa: ANN401 - the engine answers with JSON of any shape
        """Read all of it; return what its JSON says, or None when it is empty."""
        with _errors(self._endpoint):
            content = self._response.read()
        try:
            return json.loads(content) if content.strip() else None
        except ValueError as error:
            raise no_engine(self._endpoint) from error

    def pieces(self) -> Iterator[bytes]:
        """Yield it as it comes, to its end."""
        while True:
            with _errors(self._endpoint):
                piece = self._response.read1(_PIECE)
            if not piece:
                return
            yield piece

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when more of it comes."""
        return self._response.fileno()


class Wire:
    """Requests to one engine, in a version of its interface that it accepts.

    That is the oldest one that datacats speaks, so that every engine behaves alike. An engine that no longer speaks
    it refuses, naming its own oldest, and is asked again in that: no request is spent on asking before.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.version = OLDEST_API

    def call(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: object = None) -> Any:  # noqa: ANN401 - the engine answers with JSON of any shape
        """Send a request; return what the JSON of the answer says, or None."""
        with closing(self.open(method, path, query, body)) as answer:
            return answer.json()

    def open(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        *,
        patience: float | None = PATIENCE,
    ) -> Answer:
        """Send a request; return its answer, to be read. None means to wait for ever."""
        return Answer(*self._ask(method, _target(path, query), body, {}, patience), self.endpoint)

    def upgrade(self, path: str, query: Mapping[str, Any] | None = None, body: object = None) -> Line:
        """Send a request that turns its connection into a stream both ways; return that."""
        link, response = self._ask("POST", _target(path, query), body, _UPGRADE, None)
        if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
            link.close()
            raise unreachable(HTTPException("it did not turn into a stream"), self.endpoint)
        link.sock.setblocking(False)
        return Line(link.sock, _buffered(response), self.endpoint)

    def resize(self, path: str, size: WindowSize) -> None:
        """Set the size of a container's or a command's terminal; one that has ended meanwhile needs none."""
        with suppress(EngineError):
            self.call("POST", f"{path}/resize", {"h": size.height, "w": size.width})

    def _ask(
        self, method: str, target: str, body: object, headers: Mapping[str, str], patience: float | None
    ) -> tuple[HTTPConnection, HTTPResponse]:
        try:
            return self._send(method, target, body, headers, patience)
        except VersionRefused as refusal:
            if refusal.oldest in {"", self.version}:
                raise
            self.version = refusal.oldest
        return self._send(method, target, body, headers, patience)

    def _send(
        self, method: str, target: str, body: object, headers: Mapping[str, str], patience: float | None
    ) -> tuple[HTTPConnection, HTTPResponse]:
        content = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        link = _Connection(self.endpoint, patience)
        try:
            with _errors(self.endpoint):
                with suppress(BrokenPipeError):  # an engine that refuses need not read all of a request
                    link.request(method, f"/v{self.version}{target}", content, {**kind, **headers})
                return link, _accepted(link.getresponse(), self.endpoint)
        except BaseException:
            link.close()
            raise


class _Connection(HTTPConnection):
    """HTTP over whatever the endpoint opens."""

    def __init__(self, endpoint: Endpoint, patience: float | None) -> None:
        super().__init__("docker")
        self._endpoint = endpoint
        self._patience = patience

    def connect(self) -> None:
        """Open the connection."""
        self.sock = self._endpoint.dial(self._patience)


def _accepted(response: HTTPResponse, endpoint: Endpoint) -> HTTPResponse:
    if response.status >= HTTPStatus.BAD_REQUEST:
        body = response.read()
        if body and not (_is_marked(response) or gives_a_reason(body)):
            raise no_engine(endpoint, f" (it says: {response.status} {response.reason})")
        raise refused(response.status, body)
    return response


def _is_marked(response: HTTPResponse) -> bool:
    """Whether an answer shows by its head that it is an engine's: of a stream that is refused the kind alone does."""
    kind = response.getheader("Content-Type") or ""
    return bool(response.getheader("Api-Version")) or kind.startswith("application/vnd.docker.")


@contextmanager
def _errors(endpoint: Endpoint) -> Iterator[None]:
    try:
        yield
    except (OSError, HTTPException) as error:
        raise unreachable(error, endpoint) from error


def _buffered(response: HTTPResponse) -> bytes:
    """Return what came together with the head of a response: it lies in a buffer that its socket knows nothing of."""
    try:
        return response.fp.peek()
    except ssl.SSLWantReadError:  # where plain sockets say that there is nothing
        return b""


def _target(path: str, query: Mapping[str, Any] | None) -> str:
    return f"{quote(path)}?{urlencode(query, doseq=True)}" if query else quote(path)
