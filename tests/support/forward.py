"""A proxy as offices have them: it asks for a password, passes HTTP on and tunnels the rest.

It looks nothing up for a name that ends with ``.invalid``: such a request is noted and refused.
"""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PIECE = 65536
_USER = "somebody"


@dataclass
class ForwardProxy:
    """Listens on ``address`` while it is open. ``asked`` holds each host and port that it was asked for."""

    address: str
    password: str
    port: int = 0
    asked: list[str] = field(default_factory=list)
    refused: int = 0

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"{self.address}:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The process variables that name it."""
        url = f"http://{_USER}:{self.password}@{self.place}"
        return {"http_proxy": url, "https_proxy": url}

    def hosts(self) -> set[str]:
        """The hosts that it was asked for, and forget them."""
        found, self.asked = {place.rpartition(":")[0] for place in self.asked}, []
        return found

    @contextmanager
    def open(self) -> Iterator[ForwardProxy]:
        """Listen in a thread of its own."""
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(asyncio.start_server(self._serve, self.address, 0))
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(30)
            loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closed(writer):
            with suppress(OSError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await self._answer(head, reader, writer)

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = head.rstrip("\r\n").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        if not self._lets_in(lines):
            self.refused += 1
            writer.write(_says("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="office"'))
            return
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        self.asked.append(f"{url.hostname}:{url.port or 80}")
        if str(url.hostname).endswith(".invalid"):
            writer.write(_says("502 Bad Gateway"))
            return
        there_reader, there = await asyncio.open_connection(url.hostname, url.port or 80)
        async with _closed(there):
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await asyncio.gather(_relay(reader, there), _relay(there_reader, writer))
            else:
                path = target.split(url.netloc, 1)[1] or "/"
                there.write(_closing([f"{method} {path} HTTP/1.1", *lines[1:]]))
                await _relay(there_reader, writer)

    def _lets_in(self, lines: list[str]) -> bool:
        right = base64.b64encode(f"{_USER}:{self.password}".encode()).decode()
        return any(line.lower() == f"proxy-authorization: basic {right}".lower() for line in lines)


def _says(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "Connection: close", "", ""]).encode()


def _closing(lines: list[str]) -> bytes:
    """Ask for one answer only: the next request on the connection may be for another host."""
    dropped = ("proxy-", "connection:")
    kept = [line for line in lines if not line.lower().startswith(dropped)]
    return "\r\n".join([*kept, "Connection: close", "", ""]).encode("latin-1")


@asynccontextmanager
async def _closed(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _relay(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_PIECE):
            target.write(piece)
            await target.drain()
        target.write_eof()


async def _end(server: asyncio.AbstractServer) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
