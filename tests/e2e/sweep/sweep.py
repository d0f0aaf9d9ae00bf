"""The sweep itself: one point after another, each told in a line, each difference shown."""

from __future__ import annotations

import difflib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.e2e.sweep.commands import Command
from tests.e2e.sweep.cut import Ended, cut, record
from tests.e2e.sweep.document import document
from tests.e2e.sweep.points import Point, Step
from tests.e2e.sweep.stage import Stage

Say = Callable[[str], None]
Choose = Callable[[list[Step]], Sequence[Point]]


@dataclass
class Report:
    """What a sweep has found; ``tried`` of ``points`` were gone to."""

    tried: int = 0
    points: int = 0
    seconds: float = 0
    failed: list[str] = field(default_factory=list)

    @property
    def tells(self) -> bool:
        """Whether enough points were gone to for something to be concluded: a third of them."""
        return self.tried * 3 >= self.points

    def __add__(self, other: Report) -> Report:
        return Report(
            self.tried + other.tried,
            self.points + other.points,
            self.seconds + other.seconds,
            self.failed + other.failed,
        )

    def __str__(self) -> str:
        told = f"{self.tried} of {self.points} points in {self.seconds:.0f} s, {len(self.failed)} differ"
        return "\n  ".join([told, *self.failed])


@dataclass
class Laps:
    """Where the time of a point went."""

    last: float = field(default_factory=time.monotonic)
    laps: list[tuple[str, float]] = field(default_factory=list)

    def end(self, what: str) -> None:
        """Say what the time since the last lap was spent on."""
        now = time.monotonic()
        self.laps.append((what, now - self.last))
        self.last = now

    def __str__(self) -> str:
        told = " ".join(f"{what} {seconds:.1f}" for what, seconds in self.laps)
        return f"{sum(seconds for _, seconds in self.laps):5.1f} s ({told})"


def sweep(command: Command, stage: Stage, choose: Choose, say: Say, within: float = math.inf) -> Report:
    """Cut a command off at the chosen points of its run, one after another, and compare what is there in the end.

    After ``within`` seconds it ends, but not before a third of the points: fewer tell little. The report has both.
    """
    began = time.monotonic()
    steps, expected = _uninterrupted(command, stage)
    chosen = choose(steps)
    count = sum(step.kind == "request" for step in steps)
    say(f"{command.name}: {count} requests, {len(steps) - count} disk operations; {len(chosen)} points")
    report, broken, first = Report(points=len(chosen)), False, time.monotonic()
    for number, point in enumerate(chosen, 1):
        if time.monotonic() - first > within and report.tells:
            break
        report.tried = number
        laps = Laps()
        command.before(stage, broken)
        laps.end("before")
        outcome, difference = _try(command, stage, point, expected, laps)
        broken = bool(difference)
        say(f"{command.name} {number}/{len(chosen)} {point} {outcome:12} {laps} {_short(stage, point.what)}")
        if broken:
            report.failed.append(f"{command.name} {point} {_short(stage, point.what)}: {outcome}\n{difference}")
            say(difference)
    report.seconds = time.monotonic() - began
    say(f"{command.name}: {report}\n")
    return report


def _uninterrupted(command: Command, stage: Stage) -> tuple[list[Step], str]:
    command.before(stage, True)
    steps, ended = record(stage, command.arguments(stage))
    assert ended.status == 0, f"{command.name} fails even when nobody cuts it:\n{ended.stderr.decode()}"
    return steps, _document(command, stage, ended.stdout)


def _try(command: Command, stage: Stage, point: Point, expected: str, laps: Laps) -> tuple[str, str]:
    """Return the outcome in a word, and how what is there differs from what should be: empty when it does not."""
    first = cut(stage, command.arguments(stage), point)
    laps.end("cut")
    outcome = "cut" if first.cut else "ran through"
    second = stage.again(*command.arguments(stage))
    laps.end("again")
    status = second.returncode
    if status not in ({0, command.over} if command.over else {0}):
        return f"{outcome}, failed", f"status {status}\n{second.stderr.decode()}"
    try:
        found = _document(command, stage, _said_last(first, second.stdout, over=status != 0))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a site is what the sweep looks for
        return f"{outcome}, broken", f"{type(error).__name__}: {error}"
    finally:
        laps.end("look")
    return outcome, _difference(expected, found)


def _said_last(first: Ended, second: bytes, *, over: bool) -> bytes:
    return first.stdout if over else second


def _document(command: Command, stage: Stage, printed: bytes) -> str:
    return document(stage, command.promised(stage, printed))


def _difference(expected: str, found: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "uninterrupted", "repeated", lineterm="")
    return "\n".join(lines)


def _short(stage: Stage, what: str) -> str:
    return what.replace(f"{stage.base}/", "").replace(stage.name, "NAME")
