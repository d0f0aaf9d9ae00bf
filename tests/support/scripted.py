"""A server on a Unix socket that says what a test tells it to, in place of a Docker Engine."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

Serve = Callable[[socket.socket], None]


class ScriptedEngine:
    """Remembers the heads of the requests that came; ``serve`` answers each on its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heads: list[bytes] = []
        self.serve: Serve = lambda link: link.sendall(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nOK"
        )
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(link,), daemon=True).start()

    def _answer(self, link: socket.socket) -> None:
        with link, suppress(OSError):  # a client may leave before the end
            self.heads.append(_read(link))
            self.serve(link)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _read(link: socket.socket) -> bytes:
    """Read a request to its end; return its head."""
    with link.makefile("rb") as request:
        head = b"".join(iter(request.readline, b"\r\n"))
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        request.read(int(length[1]) if length else 0)
    return head
