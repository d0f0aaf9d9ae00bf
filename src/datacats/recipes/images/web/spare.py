"""The first process of a spare one-off container: has CKAN ready, runs one command, and ends with its exit status.

It reads one line of JSON from its standard input: ``argv`` (after ``ckan``), ``stdin`` (false: there is none),
``terminal`` (null, or height and width), ``nonce``. What follows is the command's own input; with a terminal, frames
(see ``Terminal``). On both outputs the nonce and three digits, the exit status, come last.

Signals are the command's. Before there is one they end this process, as a shell tells it; so does SIGURG, which says
that Ctrl-C was typed: the key itself is not read before there is a command.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
from contextlib import suppress
from types import FrameType
from typing import Any

from spare_ckan import CKAN, Ready, become_ckan, finish, run_ckan  # type: ignore[import-not-found]

PASSED_ON = tuple(
    getattr(signal, f"SIG{name}") for name in ("HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "ALRM", "CONT")
)
HANDLED = (*PASSED_ON, signal.SIGURG)
FRAME = struct.Struct(">cI")


class Terminal:
    """A terminal for the command, and what its keys and its size become.

    A frame is a letter (``d``: keys, ``w``: height and width, two bytes each), the length in four bytes, and as many.
    """

    def __init__(self, size: list[int]) -> None:
        self.main, self.command = pty.openpty()
        self.resize(*size)
        os.set_blocking(self.main, False)
        self._held = b""
        self.keys = b""

    def resize(self, height: int, width: int) -> None:
        """Set its size; whoever runs in it is told by a signal."""
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def enter(self) -> None:
        """Make it this process's own."""
        os.setsid()
        fcntl.ioctl(self.command, termios.TIOCSCTTY, 0)
        for number in (0, 1, 2):
            os.dup2(self.command, number)
        os.close(self.main)
        os.close(self.command)
        os.environ["TERM"] = "xterm"

    def take(self, data: bytes) -> None:
        """Take what came from the client: whole frames at once, the rest later."""
        self._held += data
        while len(self._held) >= FRAME.size:
            kind, length = FRAME.unpack_from(self._held)
            end = FRAME.size + length
            if len(self._held) < end:
                return
            content, self._held = self._held[FRAME.size : end], self._held[end:]
            if kind == b"w":
                self.resize(*struct.unpack(">HH", content))
            else:
                self.keys += content

    def type(self) -> None:
        """Pass on as many keys as the command's side takes."""
        with suppress(BlockingIOError):
            self.keys = self.keys[os.write(self.main, self.keys) :]

    def give(self) -> bool:
        """Pass on what the command printed; false at its end."""
        try:
            data = os.read(self.main, 65536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        write_all(1, data)
        return bool(data)


def write_all(number: int, data: bytes) -> None:
    """Write all of it."""
    while data:
        data = data[os.write(number, data) :]


class Spare:
    """The first process: waits for its one command, then attends to it."""

    def __init__(self) -> None:
        self.child = 0
        self.listen()

    def listen(self) -> None:
        """Handle signals: the first process of a container gets none that it has not asked for."""
        for number in PASSED_ON:
            signal.signal(number, self.pass_on)
        signal.signal(signal.SIGURG, self.give_up)

    def pass_on(self, number: int, _frame: FrameType | None) -> None:
        """Pass a signal on to the command; without one there is nothing to wait for."""
        if not self.child:
            os._exit(128 + number)
        with suppress(ProcessLookupError):
            os.kill(self.child, number)

    def give_up(self, _number: int, _frame: FrameType | None) -> None:
        """End at a Ctrl-C that there is no command for; one that there is gets the key."""
        if not self.child:
            os._exit(128 + signal.SIGINT)

    def serve(self, ready: Ready) -> int:
        """Run the one command; return its exit status."""
        self.listen()  # what was imported may have had its own way
        told = json.loads(first_line())
        terminal = Terminal(told["terminal"]) if told["terminal"] else None
        ended, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        self.child = os.fork()
        if self.child == 0:
            signal.set_wakeup_fd(-1)
            start(told, terminal, ready)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        if terminal:
            os.close(terminal.command)
            status = self.attend(terminal, ended)
        else:
            os.close(0)
            status = self.wait(ended)
        for number in (1, 2):
            with suppress(OSError):
                write_all(number, f"{told['nonce']}{status:03d}".encode())
        return status

    def attend(self, terminal: Terminal, ended: int) -> int:
        """Move keys and output until the command has ended; what it printed last is passed on."""
        has_client = is_open = True
        while True:
            sources = [ended, *([terminal.main] if is_open else []), *([0] if has_client and not terminal.keys else [])]
            readable, writable, _ = select.select(sources, [terminal.main] if is_open and terminal.keys else [], [])
            if terminal.main in readable:
                is_open = terminal.give()
            if writable:
                terminal.type()
            if 0 in readable:
                has_client = self.hear(terminal)
            if ended in readable:
                os.read(ended, 512)
                if (status := self.look()) is not None:
                    break
        while is_open and select.select([terminal.main], [], [], 0)[0]:
            is_open = terminal.give()
        return status

    def hear(self, terminal: Terminal) -> bool:
        """Take what the client sends; one that has gone hangs up, and false is returned."""
        data = os.read(0, 65536)
        terminal.take(data)
        if not data:
            self.pass_on(signal.SIGHUP, None)
        return bool(data)

    def wait(self, ended: int) -> int:
        """Wait for the command, collecting every other process that ends."""
        while (status := self.look()) is None:
            select.select([ended], [], [])  # a signal that comes right before is not lost on it, as it is on a wait
            os.read(ended, 512)
        return status

    def look(self) -> int | None:
        """Return the status of the command when it has ended."""
        while True:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if pid == self.child:
                return shell_status(how)
            if pid == 0:
                return None


def shell_status(how: int) -> int:
    """Return an exit status as a shell would have it."""
    code = os.waitstatus_to_exitcode(how)
    return code if code >= 0 else 128 - code


def start(told: dict[str, Any], terminal: Terminal | None, ready: Ready) -> None:
    """Be the command's process, to its end."""
    for number in (*HANDLED, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
    if terminal:
        terminal.enter()
    else:
        os.setsid()
    if not told["stdin"]:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if ready.stale:
        become_ckan(told["argv"])
    ready.enter(told["argv"])
    finish(run_ckan(told["argv"]))


def first_line() -> bytes:
    """Read to the end of the line and no further: the rest is the command's. A client that has gone ends the wait."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            os._exit(0)
        line += byte
    return line


def main() -> int:
    """Make ready, and serve."""
    sys.path[0] = CKAN.rpartition("/")[0]  # as for CKAN's own program
    spare = Spare()
    ready = Ready()
    ready.make()
    return spare.serve(ready)


if __name__ == "__main__":
    os._exit(main())
