"""When something runs: the five fields of a crontab, read once and compared by a small program in a container."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datacats.errors import UsageError

_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("weekday", 0, 7, _DAYS),
)
_EXAMPLE = 'For example: "0 * * * *" each hour, "30 4 * * mon" Mondays at 4:30, "*/10 * * * *", "@daily"'


@dataclass(frozen=True, slots=True)
class Schedule:
    """The numbers of each field at which it is due; Sunday is 0. ``either``: a day or a weekday is enough."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either: bool


def parse(text: str) -> Schedule:
    """Read the five fields, or a nickname such as ``@daily``. Raises UsageError that names the field."""
    fields = _NICKNAMES.get(text.strip().lower(), text).split()
    if len(fields) != len(_FIELDS):
        raise UsageError(f"{text[:60]!r} is no time of a crontab: it has {len(fields)} fields, not five.", _EXAMPLE)
    minutes, hours, days, months, weekdays = (
        _field(text, field, *known) for field, known in zip(fields, _FIELDS, strict=True)
    )
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    return Schedule(minutes, hours, days, months, tuple(sorted({day % 7 for day in weekdays})), either)


def _field(text: str, field: str, what: str, first: int, last: int, words: tuple[str, ...]) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.lower().split(","):
        match = re.fullmatch(r"(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:/([1-9][0-9]?))?", part)
        bounds = _bounds(match, first, last, words) if match else None
        if match is None or bounds is None:
            raise UsageError(
                f"{text[:60]!r} is no time of a crontab: its {what} cannot be {part[:20]!r} (from {first} to {last}).",
                _EXAMPLE,
            )
        found.update(range(bounds[0], bounds[1] + 1, int(match[3] or 1)))
    return tuple(sorted(found))


def _bounds(match: re.Match[str], first: int, last: int, words: tuple[str, ...]) -> tuple[int, int] | None:
    if match[1] == "*":
        return None if match[2] else (first, last)
    begin = _number(match[1], first, words)
    end = _number(match[2], first, words) if match[2] else (last if match[3] else begin)
    return (begin, end) if first <= begin <= end <= last else None


def _number(word: str, first: int, words: tuple[str, ...]) -> int:
    """Return what a number or a name stands for; something outside every range where it is neither."""
    if word in words:
        return first + words.index(word)
    return int(word) if word.isdigit() else -1
