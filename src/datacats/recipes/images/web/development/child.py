"""A child of the development server: forked to make an application, and to serve the connections it is handed."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

from .core import imported
from .site import Made

_HERE = os.path.dirname(__file__)  # noqa: PTH120 - every start of CKAN waits for this
_CONNECTION = b"connection"
_FORGET = b"forget"
_PACKET = 64
_REPORT = 200_000
_LONGEST = 60_000
_DIE_WITH_PARENT = 1


class Closed(Protocol):
    """Something of the parent's that a child has no use for."""

    def close(self) -> None:
        """Let go of it."""


class Child:
    """What the parent knows of a child. ``stands_in``: it serves the page that says why CKAN does not start."""

    def __init__(self, pid: int, feed: socket.socket) -> None:
        self.pid = pid
        self.feed = feed
        self.stands_in = False
        self.ready = False
        self.ended = False
        self.born = time.monotonic()

    def stands_in_for(self, seconds: float) -> bool:
        """Whether this child has been standing in for one that failed for that long."""
        return self.stands_in and self.ready and time.monotonic() > self.born + seconds

    def hear(self) -> dict[str, Any] | None:
        """Return the child's report, once it is there."""
        with suppress(BlockingIOError):
            packet = self.feed.recv(_REPORT)
            if packet:
                report: dict[str, Any] = json.loads(packet)
                self.ready = not report["error"]
                return report
        return None

    def give(self, connection: socket.socket) -> bool:
        """Hand a connection over; false when the child cannot take it now."""
        with suppress(OSError):
            socket.send_fds(self.feed, [_CONNECTION], [connection.fileno()])
            return True
        return False

    def forget_templates(self) -> bool:
        """Have a new look at which templates there are before the next request; false when it cannot be told."""
        with suppress(OSError):
            self.feed.send(_FORGET)
            return True
        return False

    def retire(self) -> None:
        """Hand over nothing more: the child ends when it has answered all. One that is not ready is not awaited."""
        if not self.ready:
            self.kill()
        self.feed.close()

    def kill(self) -> None:
        """End the child in the middle of what it does."""
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)


def fork(listener: socket.socket, make: Callable[[], Made], project: str, closed: Iterable[Closed]) -> Child:
    """Return a child that makes an application and serves it. ``closed`` is what it must not keep open."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        for each in (ours, *closed):
            each.close()
        try:
            _run(theirs, listener, make, project)
        finally:
            os._exit(1)  # nothing of the parent's may run here
    theirs.close()
    ours.setblocking(False)
    return Child(pid, ours)


def _run(feed: socket.socket, listener: socket.socket, make: Callable[[], Made], project: str) -> None:
    _leave_the_parent()
    try:
        made = make()
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
        _report(feed, error=_words(error), modules=[])
        return
    _report(feed, error="", modules=imported(project))
    _serve(feed, listener, made)
    _end()


def _leave_the_parent() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    importlib.invalidate_caches()


def _report(feed: socket.socket, **fields: object) -> None:
    feed.send(json.dumps(fields).encode())


def _words(error: BaseException) -> str:
    """Return the traceback, without the frames of this server."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename.startswith(_HERE):
        frames = frames.tb_next
    text = "".join(traceback.format_exception(type(error), error, frames))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}\n...\n{text[-_LONGEST // 2 :]}"


def _serve(feed: socket.socket, listener: socket.socket, made: Made) -> None:
    # With little memory only a child imports it.
    from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler  # type: ignore[import-not-found]  # noqa: PLC0415

    silent = {} if made.logs else {"log_request": lambda *_: None}
    handler = type("Handler", (WSGIRequestHandler,), silent)
    host, port = listener.getsockname()[:2]
    server = ThreadedWSGIServer(host, port, made.application, handler, fd=listener.fileno())
    server.daemon_threads = False  # what is being answered is awaited at the end
    while True:
        word, descriptors, _flags, _address = socket.recv_fds(feed, _PACKET, 1)
        if word == _FORGET:
            made.forget()
        elif word == _CONNECTION:
            _answer(server.process_request, socket.socket(fileno=descriptors[0]))
        else:
            break
    server.server_close()


def _answer(process: Callable[[socket.socket, object], None], connection: socket.socket) -> None:
    """A client that has left is no reason to end."""
    try:
        address = connection.getpeername()
    except OSError:
        connection.close()
    else:
        connection.setblocking(True)
        process(connection, address)


def _end() -> None:
    """Leave at once: threads that a plugin started, and what it wants done at exit, keep nobody here."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
