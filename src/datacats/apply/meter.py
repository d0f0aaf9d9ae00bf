"""Tell how far a long operation has come, often enough to be seen and no oftener."""

from __future__ import annotations

import time

from datacats.model.event import Events, Progressed
from datacats.model.plan import Operation
from datacats.model.step import Step, Unit

_EVERY = 0.2
"""Seconds between two events: more is more than an eye follows, and a program that reads them has to read them all."""


class Meter:
    """Counts what an operation has done; ``total`` is 0 where nobody knows it."""

    def __init__(self, operation: Operation, events: Events, text: str, unit: Unit = "bytes", total: int = 0) -> None:
        self._operation = operation
        self._events = events
        self._text = text
        self._unit = unit
        self._total = total
        self._number = 0
        self._next = time.monotonic() + _EVERY

    def more(self, count: int) -> None:
        """So much more is done."""
        self.at(self._number + count, self._total)

    def at(self, number: int, total: int) -> None:
        """So much is done by now, of so much."""
        self._number = number
        now = time.monotonic()
        if now >= self._next or (total and number == total):
            self._next = now + _EVERY
            self._events(Progressed(self._operation, Step(self._text, number, total, self._unit)))
