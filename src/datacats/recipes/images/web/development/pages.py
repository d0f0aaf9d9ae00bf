"""The pages that were measured: each is kept by a number, as what is told of it and as a file of Python's profiler."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

DIRECTORY = os.environ.get("DATACATS_PAGES", "/tmp/datacats-pages")  # noqa: S108 - a path in the container
KEPT = 50
FUNCTIONS = 25
_NAMES = ("number", "time", "method", "path", "status", "seconds", "sql_seconds")


class Profile(Protocol):
    """What Python's profiler found."""

    def dump_stats(self, file: str) -> None:
        """Write it to a file that ``pstats`` reads."""


class Pages:
    """A directory of measured pages; the oldest go when there are too many. Processes and threads share it."""

    def __init__(self, directory: str = DIRECTORY) -> None:
        self.directory = Path(directory)

    def numbers(self) -> list[int]:
        """Return the numbers of the pages that can be told of, oldest first."""
        return self._numbers(".json")

    def keep(self, facts: dict[str, Any], profile: Profile) -> int:
        """Keep a page; return its number."""
        self.directory.mkdir(parents=True, exist_ok=True)
        number = self._take()
        profile.dump_stats(str(self.profile(number)))
        part = self.directory / f"{number}.part"
        part.write_text(json.dumps({"number": number, **facts}))
        part.replace(self._facts(number))
        for old in self.numbers()[:-KEPT]:
            self._facts(old).unlink(missing_ok=True)
            self.profile(old).unlink(missing_ok=True)
        return number

    def facts(self, number: int) -> dict[str, Any]:
        """Return what is told of a page."""
        found: dict[str, Any] = json.loads(self._facts(number).read_text())
        return found

    def profile(self, number: int) -> Path:
        """Return the profiler's file of a page."""
        return self.directory / f"{number}.prof"

    def _facts(self, number: int) -> Path:
        return self.directory / f"{number}.json"

    def _numbers(self, ending: str) -> list[int]:
        return sorted(int(path.stem) for path in self.directory.glob(f"*{ending}") if path.stem.isdigit())

    def _take(self) -> int:
        number = max(self._numbers(".prof"), default=0) + 1
        while True:
            with suppress(FileExistsError):
                self.profile(number).touch(exist_ok=False)
                return number
            number += 1


def functions(profile: Path) -> list[dict[str, Any]]:
    """Return the functions in which most time passed, those that they called not counted."""
    import pstats  # noqa: PLC0415 - the development server has no use for it

    measured = pstats.Stats(str(profile)).stats.items()  # type: ignore[attr-defined]
    found = [
        {"where": _where(*place), "calls": calls, "own": own, "with_called": whole}
        for place, (_, calls, own, whole, _) in measured
    ]
    return sorted(found, key=lambda each: -each["own"])[:FUNCTIONS]


def _where(file: str, line: int, name: str) -> str:
    short = file.rpartition("/site-packages/")[2]
    return f"{short}:{line} {name}" if line else name


def main(words: list[str]) -> int:
    """Answer ``list`` or ``show NUMBER`` in JSON, ``file NUMBER`` by the profiler's file; null if none is there."""
    pages = Pages()
    verb, number = words[0], int(words[1]) if words[1:] else 0
    if verb == "list":
        found: object = [
            {name: facts[name] for name in _NAMES} | _count(facts) for facts in map(pages.facts, pages.numbers())
        ]
    elif number not in pages.numbers():
        found = None
    elif verb == "file":
        sys.stdout.buffer.write(pages.profile(number).read_bytes())
        return os.EX_OK
    else:
        facts = pages.facts(number)
        found = {**facts, **_count(facts), "functions": functions(pages.profile(number))}
    sys.stdout.write(json.dumps(found))
    return os.EX_OK


def _count(facts: dict[str, Any]) -> dict[str, int]:
    return {"count": sum(each["count"] for each in facts["statements"])}
