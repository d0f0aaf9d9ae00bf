"""Results and errors as text: lines for people, one JSON document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

from datacats.cli.columns import beside
from datacats.errors import DatacatsError, Interrupted
from datacats.model.plan import Plan

SCHEMA = 1
"""The version of every document's form: it grows when a program that reads them would have to change."""

_LONGEST = 2000
"""Characters of a line of evidence: some programs print megabytes without a line end."""


def say(lines: Iterable[str]) -> None:
    """Print lines on standard output."""
    for line in lines:
        print(line)


def document(command: str, kind: str, content: Mapping[str, Any], *, compact: bool = False) -> None:
    """Print one JSON document: ``{"datacats": schema, "command": ..., kind: {...}}``. Raises OSError."""
    told = {"datacats": SCHEMA, "command": command, kind: content}
    print(json.dumps(told, indent=None if compact else 2, default=str), flush=True)


def plan_lines(plan: Plan) -> list[str]:
    """The lines of a dry run."""
    return str(plan).splitlines() or ["Nothing to do."]


def error_lines(error: DatacatsError, *, colour: bool = False, log: str = "", limit: int | None = None) -> list[str]:
    """What happened, why, the evidence, where the whole of it lies, and what to do next.

    What happened is wrapped to ``limit`` columns; commands are not, for they are copied.
    """
    if isinstance(error, Interrupted):
        return [f"{error.message} {error.hint}"]
    first, *more = beside("Error: ", error.message, limit)
    lines = [first.replace("Error:", _head("Error:", "red", colour=colour), 1), *more]
    if error.during:
        lines.append(f"It happened while: {error.during}")
    lines += [f"  | {line[:_LONGEST]}" for line in error.detail.splitlines()]
    if log:
        lines.append(f"The whole of it: {log}")
    if error.hint:
        lines.append(next_line(error.hint, colour=colour))
    return lines


def next_line(hint: str, *, colour: bool) -> str:
    """The line that says what to do next."""
    return f"{_head('Next:', 'cyan', colour=colour)} {hint}"


def error_record(error: DatacatsError, log: str = "") -> dict[str, Any]:
    """An error for programs."""
    return {
        "kind": error.kind,
        "message": error.message,
        "hint": error.hint,
        "during": error.during,
        "detail": error.detail,
        "log": log,
        "exit_code": error.exit_code,
    }


def _head(word: str, hue: str, *, colour: bool) -> str:
    return click.style(word, fg=hue, bold=True) if colour else word
