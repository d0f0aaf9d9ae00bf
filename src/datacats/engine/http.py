"""HTTP and listening ports as seen from this host, as the port ``Http`` describes them."""

from __future__ import annotations

import errno
import http.client
import socket
import time
from urllib.parse import urlsplit

from datacats.engine import listeners
from datacats.model.ports import Answer

_LIMIT = 64 * 1024

_REASONS = (
    (ConnectionRefusedError, "the connection was refused"),
    (ConnectionError, "the connection was closed before an answer came"),
    (TimeoutError, "no answer in time"),
    (socket.gaierror, "no host has that name"),
    (http.client.IncompleteRead, "the answer was cut off"),
    (http.client.HTTPException, "what answered does not speak HTTP"),
)


class RealHttp:
    """HTTP and listening ports of this host. Proxy settings are not looked at: these are our own services."""

    def get(self, url: str, *, host: str = "", timeout: float = 30) -> Answer:
        """Ask for a page; no redirect is followed, and only the first 64 KiB of its body are read.

        What is no whole answer within ``timeout`` seconds is an Answer with status 0 and the reason in words.
        """
        deadline = time.monotonic() + timeout
        connection = _connection(url, timeout)
        try:
            connection.connect()
            channel = connection.sock
            connection.request("GET", _target(url), headers=_headers(host))
            response = connection.getresponse()
            body = _beginning(response, channel, deadline)
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, _reason(error))
        finally:
            connection.close()
        return Answer(response.status, response.reason, body)

    def port_holder(self, address: str, port: int) -> str | None:
        """Return None when the port can be bound, else who holds it as far as can be told (else an empty text).

        An address that this host does not have counts as free: only the engine can know better.
        """
        try:
            _bind(address, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return listeners.holder(_numeric(address), port) or ""
            if error.errno == errno.EACCES:  # a low port: the engine may bind it, we may only look who has it
                return listeners.holder(_numeric(address), port)
        return None

    def pause(self, seconds: float) -> None:
        """Let a moment pass between two looks."""
        time.sleep(seconds)


def _connection(url: str, timeout: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _headers(host: str) -> dict[str, str]:
    headers = {"User-Agent": "datacats", "Accept": "*/*", "Connection": "close"}
    return {**headers, "Host": host} if host else headers


def _beginning(response: http.client.HTTPResponse, channel: socket.socket, deadline: float) -> bytes:
    body = b""
    while len(body) < _LIMIT and not response.isclosed():
        channel.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = response.read1(_LIMIT - len(body))
        if not piece:
            break
        body += piece
    if response.length and len(body) < _LIMIT:
        raise http.client.IncompleteRead(body, response.length)
    return body


def _reason(error: OSError | http.client.HTTPException) -> str:
    told = getattr(error, "strerror", None) or str(error)
    return next((words for kind, words in _REASONS if isinstance(error, kind)), told)


def _bind(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        # Without it, connections that have just ended (TIME_WAIT) would make a free port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        probe.bind((address, port))


def _numeric(address: str) -> str:
    return str(socket.getaddrinfo(address, None, type=socket.SOCK_STREAM)[0][4][0])
