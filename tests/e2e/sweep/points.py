"""The points at which a command can be cut: before and after each request to the engine and each disk operation.

A request that changes something can also be cut while the engine is at it: it goes on, whatever became of the client.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.support.proxy import When

Kind = Literal["request", "disk"]


@dataclass(frozen=True)
class Step:
    """One request or disk operation of a run; ``began`` and ``ended`` in seconds of one clock."""

    kind: Kind
    number: int
    what: str
    began: float
    ended: float
    changes: bool = True


@dataclass(frozen=True)
class Point:
    """A moment of the step of that number; ``what`` is what an uninterrupted run did there."""

    kind: Kind
    number: int
    when: When
    what: str = ""

    def __str__(self) -> str:
        return f"{self.when:6} {self.kind:7} {self.number:3}"


def points(steps: Iterable[Step]) -> list[Point]:
    """Return every point of a run, in the order in which it comes to them."""
    return [_point(when, step) for when, step in _in_order(steps)]


def every_step(steps: Iterable[Step], turn: int) -> list[Point]:
    """Return one point of each way from the end of a step to the end of the next. Turns take turns."""
    found: list[list[Point]] = [[]]
    for when, step in _in_order(steps):
        if when == "after":
            found.append([])
        found[-1].append(_point(when, step))
    return _representatives(found, turn)


def every_change(steps: Iterable[Step], turn: int) -> list[Point]:
    """Return one of the points between which nothing changes: cut there, a run leaves the same. Turns take turns."""
    found: list[list[Point]] = [[]]
    for when, step in _in_order(steps):
        if when != "before" and step.changes:
            found.append([])
        found[-1].append(_point(when, step))
    return _representatives(found, turn)


def part(chosen: Sequence[Point], number: int, of: int) -> list[Point]:
    """Return the part of that number, from 1 to ``of``: evenly spread over the whole."""
    return list(chosen[number - 1 :: of])


def turned(chosen: Sequence[Point], turn: int) -> list[Point]:
    """Return the same points from another one on each turn: what a slow machine leaves out is not always the same."""
    first = turn % len(chosen) if chosen else 0
    return [*chosen[first:], *chosen[:first]]


def spread(chosen: Sequence[Point]) -> list[Point]:
    """Return the same points, those of any beginning spread over the whole: each comes far from those before it."""
    digits = len(chosen).bit_length()
    return [chosen[at] for at in sorted(range(len(chosen)), key=lambda at: f"{at:0{digits}b}"[::-1])]


def _representatives(groups: Iterable[Sequence[Point]], turn: int) -> list[Point]:
    return [group[turn % len(group)] for group in groups if group]


def _in_order(steps: Iterable[Step]) -> list[tuple[When, Step]]:
    moments = sorted((moment for step in steps for moment in _moments(step)), key=lambda moment: moment[0])
    return [(when, step) for _, when, step in moments]


def _point(when: When, step: Step) -> Point:
    return Point(step.kind, step.number, when, step.what)


def _moments(step: Step) -> list[tuple[float, When, Step]]:
    sent: list[tuple[float, When, Step]] = [(step.began, "sent", step)]
    at_it = sent if step.kind == "request" and step.changes else []
    return [(step.began, "before", step), *at_it, (step.ended, "after", step)]
