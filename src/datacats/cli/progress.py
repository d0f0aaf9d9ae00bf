"""Progress as plain lines: for pipes, logs, screen readers, and terminals that draw nothing over."""

from __future__ import annotations

import sys
import time

from datacats.cli import measure
from datacats.model.event import Activity, Event, Finished, Progressed, Said, Started
from datacats.model.plan import (
    BuildImage,
    Flush,
    MakeDirectory,
    MovePath,
    Operation,
    PlaceFile,
    PullImage,
    PushImage,
    RemoveTree,
    RunOneOff,
    RunProgram,
    Wait,
)

_LONG = (BuildImage, PullImage, PushImage, Activity)
_SLOW = (RunOneOff, RunProgram, Wait)
_SMALL = (Flush, MakeDirectory, MovePath, PlaceFile, RemoveTree)
_WORTH_A_LINE = 1.0
"""Seconds from which on even a small step is worth a line."""

_EVERY = 10.0
"""Seconds between two lines about one operation that goes on."""


class Lines:
    """Shows events on standard error, a line per operation; ``person`` says that somebody waits for the next one."""

    def __init__(self, *, person: bool = False) -> None:
        self._announced = (*_LONG, *_SLOW) if person else _LONG
        self._began: dict[int, float] = {}
        self._told: dict[int, float] = {}

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Started):
            self._began[id(event.operation)] = self._told[id(event.operation)] = time.monotonic()
            if isinstance(event.operation, self._announced):
                _note(f"          {event.operation} ...")
        elif isinstance(event, Progressed):
            self._progressed(event)
        elif isinstance(event, Finished) and is_worth_a_line(event):
            _note(finished(event))
        elif isinstance(event, Said):
            _note(event.text)

    def end(self) -> None:
        """Nothing is left on the way that would have to be taken away."""

    def _progressed(self, event: Progressed) -> None:
        now, which = time.monotonic(), id(event.operation)
        if event.step.unit == "steps":
            if event.step.number:
                _note(f"  step {event.step.number}/{event.step.total} {event.step.text[:100]}")
        elif now >= self._told.get(which, now) + _EVERY:
            self._told[which] = now
            _note(f"          {measure.words(event.step, now - self._began[which])}")


def is_small(operation: Operation) -> bool:
    """Whether an operation usually takes no time."""
    return isinstance(operation, _SMALL)


def is_worth_a_line(event: Finished) -> bool:
    """Whether an operation that has ended is told: small ones, and waits, only where they took their time."""
    is_brief = is_small(event.operation) or isinstance(event.operation, Wait)
    return not is_brief or event.seconds > _WORTH_A_LINE


def finished(event: Finished) -> str:
    """Return the line of an operation that has ended: its time, what it was, its cause, and how."""
    how = f" [{event.note}]" if event.note else ""
    return f"{event.seconds:6.2f} s  {event.operation} ({event.operation.cause}){how}"


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
