"""Several things asked at the same time, and no longer than a deadline."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Found = TypeVar("Found")

_HANDS = 12
"""How many are asked at once: the engine answers each from a process of its own, and there may be hundreds."""


def together(tasks: Sequence[Callable[[], Found]], within: float) -> list[Found | None]:
    """Return what each task returns, in their order; None for those that have not returned within ``within`` seconds.

    A task that hangs is left to itself: it keeps no program from ending. Tasks handle their own errors.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    ended: queue.SimpleQueue[tuple[int, Found | None]] = queue.SimpleQueue()
    for number in range(len(tasks)):
        waiting.put(number)

    def work() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            found = None
            try:
                found = tasks[number]()
            finally:  # whatever ended it: who asked must not wait for it
                ended.put((number, found))

    for _ in range(min(_HANDS, len(tasks))):
        threading.Thread(target=work, daemon=True).start()
    return _gathered(ended, len(tasks), time.monotonic() + within)


def _gathered(ended: queue.SimpleQueue[tuple[int, Found | None]], count: int, deadline: float) -> list[Found | None]:
    found: list[Found | None] = [None] * count
    for _ in range(count):
        try:
            number, result = ended.get(timeout=max(deadline - time.monotonic(), 0.001))
        except queue.Empty:
            break
        found[number] = result
    return found
