"""Events, results and errors as text: lines for people, one JSON document for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from datacats.errors import DatacatsError
from datacats.model.event import Event, Finished, Progressed, Said, Started
from datacats.model.plan import (
    BuildImage,
    Flush,
    MakeDirectory,
    MovePath,
    PlaceFile,
    Plan,
    PullImage,
    PushImage,
    RemoveTree,
    RunOneOff,
    RunProgram,
    Wait,
)

_SCHEMA = 1
_LONG = (BuildImage, PullImage, PushImage)
_SLOW = (RunOneOff, RunProgram, Wait)
_SMALL = (Flush, MakeDirectory, MovePath, PlaceFile, RemoveTree)
_WORTH_A_LINE = 1.0
"""Seconds from which on even a small step is worth a line."""


class Progress:
    """Shows events on standard error, a line per operation."""

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Started):
            if isinstance(event.operation, _LONG) or (isinstance(event.operation, _SLOW) and sys.stderr.isatty()):
                _note(f"          {event.operation} ...")
        elif isinstance(event, Progressed) and event.step.number:
            _note(f"  step {event.step.number}/{event.step.total} {event.step.text[:100]}")
        elif isinstance(event, Finished) and (not isinstance(event.operation, _SMALL) or event.seconds > _WORTH_A_LINE):
            how = f" [{event.note}]" if event.note else ""
            _note(f"{event.seconds:6.2f} s  {event.operation} ({event.operation.cause}){how}")
        elif isinstance(event, Said):
            _note(event.text)


def say(lines: Iterable[str]) -> None:
    """Print lines on standard output."""
    for line in lines:
        print(line)


def document(command: str, kind: str, content: dict[str, Any]) -> None:
    """Print one JSON document: ``{"datacats": schema, "command": ..., kind: {...}}``. Raises OSError."""
    print(json.dumps({"datacats": _SCHEMA, "command": command, kind: content}, indent=2, default=str), flush=True)


def plan_lines(plan: Plan) -> list[str]:
    """The lines of a dry run."""
    return str(plan).splitlines() or ["Nothing to do."]


def error_lines(error: DatacatsError) -> list[str]:
    """What happened, why, the evidence, and what to do next."""
    lines = [f"Error: {error.message}"]
    if error.during:
        lines.append(f"It happened while: {error.during}")
    lines += [f"  | {line}" for line in error.detail.splitlines()]
    if error.hint:
        lines.append(f"Next: {error.hint}")
    return lines


def error_record(error: DatacatsError) -> dict[str, Any]:
    """An error for programs."""
    return {
        "kind": error.kind,
        "message": error.message,
        "hint": error.hint,
        "during": error.during,
        "detail": error.detail,
        "exit_code": error.exit_code,
    }


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
