"""The development server: it holds the port, has CKAN imported, and forks a child that makes the application.

A request that comes after a change gets a child that was forked after it, and so has seen the change. The code below
the project is never imported here; a child that cannot make the application is stood in for by one that says why.
What a child is answering when it is replaced it still finishes.
"""

from __future__ import annotations

import argparse
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

from .notes import Notes
from .succession import Succession, say
from .watch import Watch

HERE = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - every start of CKAN waits for this
PROJECT = os.environ.get("DATACATS_PROJECT", "/project")
INI = os.environ.get("CKAN_INI", "/run/datacats/ckan.ini")
PORT = int(os.environ.get("DATACATS_PORT", "5000"))
ANEW = "DATACATS_SOCKETS"
"""The process variable by which a server that starts itself anew hands its sockets on, the listening one first."""

READ_AGAIN = (
    *(".css", ".eot", ".gif", ".htm", ".html", ".ico", ".j2", ".jinja", ".jinja2", ".jpeg", ".jpg", ".js", ".less"),
    *(".log", ".map", ".md", ".png", ".rst", ".sass", ".scss", ".svg", ".ttf", ".webp", ".woff", ".woff2"),
)
"""Ends of names of files that CKAN reads whenever it needs them, or never."""
INSTALLED = (".dist-info", ".egg-info")
AT_THE_START = (".pth", "/sitecustomize.py", "/usercustomize.py")
"""What Python looks at when it starts, and never again."""

SETTLED = 0.05
"""How many seconds a burst of changes is given to end, where no request is waiting."""


class Server:
    """The process that holds the port. It never blocks, and has no thread: it forks."""

    def __init__(self, listener: socket.socket, handed: list[socket.socket]) -> None:
        self.listener = listener
        self.handed = handed
        self.idle: set[socket.socket] = set()
        self.selector = selectors.DefaultSelector()
        self.children = Succession(PROJECT, INI, listener, self.selector)
        self.watch = Watch([PROJECT, os.path.dirname(INI)], installed())  # noqa: PTH120 - every start waits for this
        self.notes = Notes(PROJECT, self.watch.paths())
        self.due: float | None = None
        self.stopped_by = 0

    def serve(self) -> int:
        """Serve until told to stop; return the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        self.selector.register(wake_on_signals(), selectors.EVENT_READ, self._collect)
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        if self.watch.descriptor >= 0:
            self.selector.register(self.watch.descriptor, selectors.EVENT_READ, self._settle)
        for connection in self.handed:
            self._expect(connection)
        self.children.begin(lambda: (self.selector, self.watch, *self.idle))
        while not self.stopped_by:
            self._turn()
        return 128 + self.stopped_by

    def _stop(self, number: int, _frame: object) -> None:
        self.stopped_by = number

    def _turn(self) -> None:
        core = self.children.core
        quiet = core.lacks and not self.children.waiting and self.due is None
        left = 0.0 if quiet else None if self.due is None else max(0.0, self.due - time.monotonic())
        events = self.selector.select(left)
        for key, _ready in events:
            key.data(key.fileobj)
        if self.due is not None and time.monotonic() >= self.due:
            self._look()
        self.children.hand_over()
        if quiet and not events:
            core.learn()

    def _accept(self, _listener: object) -> None:
        with suppress(BlockingIOError, ConnectionError):
            self._expect(self.listener.accept()[0])

    def _expect(self, connection: socket.socket) -> None:
        """Wait for the request: browsers open connections long before they use them."""
        self.idle.add(connection)
        self.selector.register(connection, selectors.EVENT_READ, self._request)

    def _request(self, connection: socket.socket) -> None:
        self._look()
        self.selector.unregister(connection)
        self.idle.discard(connection)
        self.children.take(connection)

    def _settle(self, _descriptor: object) -> None:
        self.watch.hear()
        self.due = self.due or time.monotonic() + SETTLED

    def _look(self) -> None:
        """Do what the changes since the last look ask for."""
        self.due = None
        changed = self.watch.changed()
        if any(map(is_installed, changed)):
            self._start_anew()
        causes = [path for path in sorted(changed) if not path.endswith(READ_AGAIN)]
        if causes:
            more = f" and {len(causes) - 1} more" if len(causes) > 1 else ""
            say(f"{causes[0]}{more} changed; making CKAN's application again.")
            self._note(causes)
            self.children.renew()
        elif any(changed.values()):
            self.children.forget_templates()

    def _note(self, changed: list[str]) -> None:
        before = self.children.note
        self.notes.look(changed)
        self.children.note = str(self.notes)
        if self.children.note not in {before, ""}:
            say(f"{self.notes}.")

    def _collect(self, signals: socket.socket) -> None:
        """Collect every process that ended: in the container this one is the first."""
        with suppress(BlockingIOError):
            signals.recv(4096)
        for pid, status in ended():
            self.children.ended(pid, status)

    def _start_anew(self) -> None:
        """What is installed changed: what was imported from it may be old."""
        say("what is installed changed; importing all of it again.")
        handed = (self.listener, *self.children.waiting, *self.idle)
        for each in handed:
            each.set_inheritable(True)
        os.environ[ANEW] = " ".join(str(each.fileno()) for each in handed)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program


def wake_on_signals() -> socket.socket:
    """Return what can be read whenever a signal came."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.detach())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return ours


def ended() -> Iterator[tuple[int, int]]:
    """Name the processes that ended, with their exit statuses as a shell would tell them."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            yield pid, code if code >= 0 else 128 - code


def installed() -> list[str]:
    """Name the directories of Python's path that are neither the image's nor the project's."""
    known = (sys.prefix, os.path.dirname(os.__file__), PROJECT, HERE)  # noqa: PTH120 - every start waits for this
    found = {path for path in sys.path if os.path.isdir(path)}  # noqa: PTH112
    return sorted(path for path in found if not f"{path}/".startswith(tuple(f"{each}/" for each in known)))


def is_installed(path: str) -> bool:
    """Whether a file belongs to what is installed, not to the project or the ini."""
    if not path.startswith((f"{PROJECT}/", f"{os.path.dirname(INI)}/")):  # noqa: PTH120
        return True
    return path.endswith(AT_THE_START) or os.path.dirname(path).endswith(INSTALLED)  # noqa: PTH120


def sockets() -> list[socket.socket]:
    """Return the listening socket, and the connections that were handed on with it."""
    handed = os.environ.pop(ANEW, "")
    if handed:
        return [socket.socket(fileno=int(each)) for each in handed.split()]
    listener = socket.create_server(("0.0.0.0", PORT), backlog=1024)  # noqa: S104 - the network of the container
    listener.setblocking(False)
    return [listener]


def main() -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--low-memory", action="store_true", help="import CKAN in the child alone")
    parser.add_argument("--debugger", type=int, default=0, metavar="PORT", help="have debugpy listen")
    parser.add_argument("--profile", action="store_true", help="measure each page")
    options = parser.parse_args()
    sys.path.remove(HERE)  # no plugin's import may find what lies there
    listener, *handed = sockets()
    server = Server(listener, handed)
    server.children.debugger = options.debugger
    server.children.measured = options.profile
    if not options.low_memory:
        server.children.core.prepare()
    return server.serve()


if __name__ == "__main__":
    sys.exit(main())
