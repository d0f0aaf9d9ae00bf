"""An engine that says of itself what a test wants, and passes every other question on to the real one."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

ENGINE = "/var/run/docker.sock"


class _Connection(HTTPConnection):
    """HTTP to the real engine."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(ENGINE)


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    changes: Mapping[str, Any]
    refusal: tuple[int, str] | None


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.server.refusal:
            status, message = self.server.refusal
            self._send(status, json.dumps({"message": message}).encode(), "")
            return
        real = _Connection("engine")
        real.request("GET", self.path)
        answer = real.getresponse()
        content = answer.read()
        if self.path.endswith("/info"):
            content = json.dumps(json.loads(content) | dict(self.server.changes)).encode()
        self._send(answer.status, content, answer.getheader("Api-Version") or "")
        real.close()

    def address_string(self) -> str:
        return "local"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, status: int, content: bytes, version: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Api-Version", version)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def engine_that(path: Path, refusal: tuple[int, str] | None = None, **changes: Any) -> Iterator[str]:
    """Let an engine listen on ``path`` whose description has those changes, or that refuses everything.

    Gives what ``DOCKER_HOST`` has to be.
    """
    with _Server(str(path), _Handler) as server:
        server.changes, server.refusal = changes, refusal
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"unix://{path}"
        finally:
            server.shutdown()
