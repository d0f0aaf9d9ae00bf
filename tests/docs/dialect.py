"""What a page says: its shell blocks and files as steps to follow, and the reason for each that cannot be followed.

A line ``% key: value`` is a mark; the pages' HTML does not show it. ``docs/README.md`` describes the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

MARKS = frozenset({"names", "ports", "run", "file", "status", "not run", "page not run", "generated"})
RUN = frozenset({"console", "python"})
PARSED = frozenset({"toml", "ini", "json", "yaml"})
SHOWN = frozenset({"css", "diff", "dockerfile", "html", "html+jinja", "nginx", "scss", "text"})
"""The languages of fences: those that are run, those that must parse, and those that are only looked at."""

_MARK = re.compile(r"(?:%|<!--) *(?P<key>[a-z ]+):\s*(?P<value>.*?)\s*(?:-->)?")
_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<language>\S*) *(?P<rest>.*)")
_NAMED = re.compile(r"\bdatacats create (?:-\S+ )*(?P<name>[a-z][a-z0-9-]*)")


class Misspelt(Exception):
    """A page does not keep to the dialect."""


@dataclass(frozen=True)
class Command:
    """A command that a reader types, and what the page shows of its output: nothing, or all of it."""

    line: int
    text: str
    expected: tuple[str, ...] = ()
    status: int = 0


@dataclass(frozen=True)
class File:
    """A file that a reader saves."""

    line: int
    path: str
    text: str


@dataclass(frozen=True)
class Program:
    """A program in Python that a reader runs."""

    line: int
    text: str


@dataclass(frozen=True)
class Block:
    """A fence. ``fate`` is one of: run, file, not run, parsed, shown."""

    line: int
    language: str
    text: str
    fate: str
    reason: str = ""


@dataclass
class Page:
    """A page: the names and ports that it uses, its blocks, and its steps from top to bottom."""

    path: Path
    names: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    blocks: list[Block] = field(default_factory=list)
    steps: list[Command | File | Program] = field(default_factory=list)


def read(path: Path, text: str | None = None) -> Page:
    """Read a page. Raises Misspelt with the line that cannot be understood."""
    return _Reader(Page(path)).read((path.read_text() if text is None else text).splitlines())


class _Reader:
    """Goes through the lines of a page; ``marks`` are those that wait for the fence that follows them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.marks: dict[str, str] = {}
        self.page_not_run = ""

    def read(self, lines: Sequence[str]) -> Page:
        number = 0
        while number < len(lines):
            line = lines[number]
            if line.startswith(("%", "<!--")):
                self._mark(number + 1, line)
            elif fence := _FENCE.fullmatch(line):
                content = _until(lines, number, fence["ticks"])
                self._fence(number + 1, fence["language"], lines[number + 1 : number + 1 + content])
                number += content + 1
            elif line.strip():
                self._only_before_a_fence(number + 1, line)
            number += 1
        self._only_before_a_fence(number, "the end of the page")
        self._names_are_declared()
        return self.page

    def _mark(self, number: int, line: str) -> None:
        mark = _MARK.fullmatch(line)
        if not mark or mark["key"] not in MARKS or not mark["value"]:
            raise self._misspelt(number, f"no mark of the dialect: {line}")
        key, value = mark["key"], mark["value"]
        if key == "run":
            if not self.page_not_run:
                self.page.steps.append(Command(number, value))
        elif key == "names":
            self.page.names += tuple(value.replace(",", " ").split())
        elif key == "ports":
            self.page.ports += tuple(map(int, value.replace(",", " ").split()))
        elif key == "page not run":
            self.page_not_run = value
        elif key != "generated":
            self.marks[key] = value

    def _fence(self, number: int, language: str, lines: Sequence[str]) -> None:
        marks, self.marks = self.marks, {}
        if language.startswith("{"):  # a directive of Sphinx
            return
        text = "".join(f"{line}\n" for line in lines)
        if "file" in marks:
            self.page.steps.append(File(number, marks["file"], text))
            fate, reason = "file", ""
        elif language in RUN:
            reason = marks.get("not run", self.page_not_run)
            fate = "not run" if reason else "run"
        elif "not run" in marks:
            raise self._misspelt(number, "only what could be run is marked as not run")
        elif language in PARSED | SHOWN:
            fate, reason = "parsed" if language in PARSED else "shown", ""
        else:
            raise self._misspelt(number, f"a fence must say its language; {language!r} is none of the dialect")
        self.page.blocks.append(Block(number, language, text, fate, reason))
        if fate == "run":
            status = int(marks.get("status", "0"))
            added = list(_commands(number, lines, status)) if language == "console" else [Program(number, text)]
            if not added:
                raise self._misspelt(number, "a console block without a line that begins with '$ '")
            self.page.steps += added

    def _only_before_a_fence(self, number: int, line: str) -> None:
        if self.marks:
            raise self._misspelt(number, f"{', '.join(self.marks)}: no fence follows, but {line!r}")
        if re.match(r"\s+```", line):
            raise self._misspelt(number, "a fence must begin its line; use ::: around it")

    def _names_are_declared(self) -> None:
        for name in self.page.names:
            if not re.fullmatch(r"[a-z]{5,}(/[a-z-]+)?", name):
                raise self._misspelt(1, f"{name!r}: the names of a page are five lower-case letters or more")
        for step in self.page.steps:
            if isinstance(step, Command):
                for found in _NAMED.finditer(step.text):
                    if found["name"] not in self.page.names:
                        raise self._misspelt(step.line, f"the page declares no name {found['name']!r} (% names: ...)")

    def _misspelt(self, number: int, why: str) -> Misspelt:
        return Misspelt(f"{self.page.path}:{number}: {why}")


def _until(lines: Sequence[str], number: int, ticks: str) -> int:
    """Return how many lines a fence holds."""
    for end in range(number + 1, len(lines)):
        if lines[end].strip() == ticks:
            return end - number - 1
    return len(lines) - number - 1


def _commands(number: int, lines: Sequence[str], status: int) -> Iterator[Command]:
    """The commands of a console block; the status is that of the last one."""
    starts = [position for position, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in pairwise([*starts, len(lines)]):
        words = [lines[start][2:]]
        for line in lines[start + 1 : end]:
            if not line.startswith("> "):
                break
            words.append(line[2:])
        expected = tuple(lines[start + len(words) : end])
        yield Command(number + start + 1, "\n".join(words), expected, status if end == len(lines) else 0)
