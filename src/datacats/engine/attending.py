"""What goes on beside a command's input and output: signals, and a terminal's keys and size."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from datacats.engine.pump import Pump
from datacats.engine.terminal import WindowSize, held_back, raw_mode, window_size
from datacats.model.ports import Streams

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


@contextmanager
def attending(
    pump: Pump,
    streams: Streams,
    on_signal: Callable[[signal.Signals], None],
    on_size: Callable[[WindowSize], None],
) -> Iterator[Callable[[], None]]:
    """Let a pump attend to signals, and with a terminal to its keys and size; hand out what tells the size."""

    def resize() -> None:
        size = window_size(streams.stdout) if streams.terminal else None
        if size:
            on_size(size)

    def react() -> None:
        for number in signals.take():
            if number == signal.SIGWINCH:
                resize()
            else:
                on_signal(number)

    numbers = (*_ENDING, signal.SIGWINCH) if streams.terminal else _ENDING
    with held_back(*numbers) as signals, raw_mode(streams.stdin if streams.terminal else None):
        pump.watch(signals, react)
        yield resize
