"""What the caller's process has to do with a running command: its signals and its terminal."""

from __future__ import annotations

import os
import signal
import socket
import termios
import threading
import tty
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO, NamedTuple


class WindowSize(NamedTuple):
    """The size of a terminal, in characters."""

    height: int
    width: int


class Caught:
    """Signals that were held back, and a descriptor that tells of them."""

    def __init__(self, numbers: Collection[signal.Signals], reader: socket.socket) -> None:
        self._numbers = numbers
        self._reader = reader

    def fileno(self) -> int:
        """Return the descriptor that is readable when a signal came."""
        return self._reader.fileno()

    def take(self) -> tuple[signal.Signals, ...]:
        """Return the signals that came since the last call."""
        return tuple(signal.Signals(number) for number in self._reader.recv(64) if number in self._numbers)


@contextmanager
def held_back(*numbers: signal.Signals) -> Iterator[Caught]:
    """Hold signals back while the context lasts.

    Python hands out signals in its main thread alone: elsewhere none is held back. Those that the process was started
    to ignore (``nohup``) stay ignored.
    """
    with ExitStack() as undo:
        reader, writer = socket.socketpair()
        undo.callback(reader.close)
        undo.callback(writer.close)
        reader.setblocking(False)
        writer.setblocking(False)
        if threading.current_thread() is threading.main_thread():
            undo.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False))
            for number in numbers:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    undo.callback(signal.signal, number, signal.signal(number, _nothing))
        yield Caught(numbers, reader)


def _nothing(_number: int, _frame: object) -> None:
    """Take a signal: the descriptor tells of it."""


@contextmanager
def raw_mode(stdin: BinaryIO | None) -> Iterator[None]:
    """Hand every key through while the context lasts, when this is a terminal."""
    if stdin is None or not stdin.isatty():
        yield
        return
    descriptor = stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setraw(descriptor, termios.TCSANOW)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def window_size(stdout: BinaryIO) -> WindowSize | None:
    """Return height and width, or None when this is no terminal."""
    try:
        size = os.get_terminal_size(stdout.fileno())
    except OSError:
        return None
    return WindowSize(size.lines, size.columns)
