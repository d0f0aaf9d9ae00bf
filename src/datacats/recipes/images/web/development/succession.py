"""One child after another: the one that serves, those that still finish something, and what takes a place."""

from __future__ import annotations

import selectors
import socket
import sys
from collections.abc import Callable, Iterable
from functools import partial

from .child import Child, Closed, fork
from .core import Core
from .notes import gone
from .site import Made, Wish, make_ckan, make_page

TRY_AGAIN = 1.0
"""After how many seconds a request makes a failed child be tried again: the database may be there now."""
SAVE = "Save what mends it, and load this page again."
"""What is told beside the reason why CKAN does not start, where nothing else is known to mend it."""
STILL_BUSY = 8
"""How many replaced children may still be answering something."""


class Succession:
    """Keeps one child that serves, whatever happens to it. ``closed`` tells what a child must not keep open."""

    def __init__(self, project: str, ini: str, listener: socket.socket, selector: selectors.BaseSelector) -> None:
        self.core = Core(project)
        self.note = ""
        self.debugger = 0
        self.measured = False
        self.waiting: list[socket.socket] = []
        self._project = project
        self._ini = ini
        self._listener = listener
        self._selector = selector
        self._child: Child | None = None
        self._replaced: list[Child] = []
        self._told = ""
        self._closed: Callable[[], Iterable[Closed]] = tuple

    def begin(self, closed: Callable[[], Iterable[Closed]]) -> None:
        """Fork the first child."""
        self._closed = closed
        self.renew()

    def renew(self) -> None:
        """Have another child make CKAN's application, from what is there now."""
        wish = Wish(self._ini, self.core.late_loggers(), self.note, self.debugger, self.measured)
        self._replace(partial(make_ckan, wish))

    def forget_templates(self) -> None:
        """Have the child look anew which templates there are."""
        if self._child is not None and not self._child.forget_templates():
            self.renew()

    def take(self, connection: socket.socket) -> None:
        """Let a connection wait for its answer. Where a page stands in for CKAN, CKAN may start by now."""
        self.waiting.append(connection)
        if self._child is not None and self._child.stands_in_for(TRY_AGAIN):
            self.renew()

    def hand_over(self) -> None:
        """Hand the waiting connections to the child; those that it cannot take yet wait on."""
        if self._child is None or not self._child.ready:
            return
        while self.waiting and self._child.give(self.waiting[0]):
            self.waiting.pop(0).close()
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.waiting else 0)
        if self._selector.get_key(self._child.feed).events != wanted:
            self._selector.modify(self._child.feed, wanted, self._report)

    def ended(self, pid: int, status: int) -> None:
        """Take note of a process that ended, ours or not; the report of the child that serves may still be there."""
        self._replaced = [each for each in self._replaced if each.pid != pid]
        child = self._child
        if child is None or child.pid != pid:
            return
        child.ended = True
        self._report(child.feed)
        if self._child is child:
            self._lost(child, status)

    def _lost(self, child: Child, status: int) -> None:
        how = f"CKAN's process ended with status {status}"
        if child.ready:
            say(f"{how}; starting it again.")
            self.renew()
        else:
            self._failed(f"{how} before it could serve.\n")

    def _replace(self, make: Callable[[], Made], *, stands_in: bool = False) -> None:
        if self._child is not None:
            self._selector.unregister(self._child.feed)
            self._child.retire()
            if self.debugger:  # what is held at a breakpoint would never end
                self._child.kill()
            self._replaced += () if self._child.ended else (self._child,)
            if len(self._replaced) > STILL_BUSY:
                self._replaced[0].kill()
        closed = (*self._closed(), *self.waiting)
        self._child = fork(self._listener, make, self._project, closed)
        self._child.stands_in = stands_in
        self._selector.register(self._child.feed, selectors.EVENT_READ, self._report)

    def _report(self, _feed: object) -> None:
        """The child can serve, or it tells why not; one that ends without a word is noticed when it is collected."""
        child = self._child
        report = None if child is None else child.hear()
        if child is None or report is None:
            return
        if report["error"]:
            self._failed(str(report["error"]))
        elif not child.stands_in:
            self._told = ""
            self.core.note(report["modules"])

    def _failed(self, text: str) -> None:
        if text != self._told:
            self._told = text
            sys.stderr.write(text)
        missing = gone(self._project, sys.path) if "No module named" in text else ""
        way = f"{missing}." if missing else f"Waiting for a change below {self._project} or in the ini."
        say(f"CKAN does not start: {text.splitlines()[-1]}. {way}")
        self._replace(partial(make_page, text, f"{missing}." if missing else SAVE), stands_in=True)


def say(text: str) -> None:
    """Tell who reads the container's log."""
    sys.stderr.write(f"datacats: {text}\n")
    sys.stderr.flush()
