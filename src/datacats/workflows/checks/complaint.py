"""The last line of a log that tells of an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from datacats.apply.wait import gave_up
from datacats.model.ports import LogLine

TAIL = 300
"""How many lines of a log are looked at: a traceback has fifty."""

_KEPT = 300
_LEVEL = re.compile(r"\b(ERROR|FATAL|PANIC|CRITI|CRITICAL|SEVERE)\b")
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Exception)(:|$)")
_REDIS = re.compile(r"^\d+:[A-Z] .{24} # (?!WARNING)(?=.*(error|fail|can't|unable|crash|denied))", re.IGNORECASE)

_USUAL = ("the database system is starting up", "terminating connection due to administrator command")
"""What PostgreSQL says of those who come too early, and of those who are there when it is stopped."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line that tells of an error, and when it was written, in seconds since 1970 (0 = nobody knows)."""

    text: str
    at: float


def last(lines: Iterable[LogLine]) -> Complaint | None:
    """Return the last such line of lines that begin with their time."""
    found = None
    for line in lines:
        moment, _, text = line.text.partition(" ")
        if _tells(text):
            found = moment, text
    return Complaint(found[1].strip()[:_KEPT], seconds(found[0])) if found else None


def seconds(moment: str) -> float:
    """Return what the engine's moment is in seconds since 1970; 0 for one that never was."""
    try:
        at = datetime.fromisoformat(f"{moment[:19]}+00:00").timestamp()
    except ValueError:
        return 0.0
    return max(at, 0.0)


def _tells(text: str) -> bool:
    """Of a traceback the last line says what happened; it stands at the line's beginning."""
    if any(words in text for words in _USUAL):
        return False
    if gave_up(text) or _REDIS.match(text):
        return True
    return bool(_LEVEL.search(text[:100]) or _EXCEPTION.match(text))
