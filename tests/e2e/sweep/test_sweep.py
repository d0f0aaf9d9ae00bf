"""What a sweep tells of itself: how much of what it was to do it did."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.e2e.sweep import sweep as module
from tests.e2e.sweep.commands import Command
from tests.e2e.sweep.points import Step, points
from tests.e2e.sweep.stage import Stage
from tests.e2e.sweep.sweep import Report, sweep

STEPS = [Step("disk", number, "place", number, number + 0.5) for number in range(5)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that each point moves on by a second; every command runs as it should."""
    now = [0.0]

    def run(*_words: Any) -> tuple[str, str]:
        now[0] += 1
        return "cut", ""

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module, "_uninterrupted", lambda *_: (STEPS, ""))
    monkeypatch.setattr(module, "_try", run)
    monkeypatch.setattr(module, "_short", lambda _stage, what: what)


@pytest.mark.parametrize(("within", "tried"), [(0.5, 4), (5.5, 6), (60, 10)])
@pytest.mark.usefixtures("clock")
def test_a_sweep_tells_how_many_of_how_many_points_it_came_to(within: float, tried: int) -> None:
    told: list[str] = []
    command = Command("reload", (), lambda *_: None, lambda *_: {})
    report = sweep(command, Stage.__new__(Stage), points, told.append, within)
    assert (report.tried, report.points) == (tried, 10)
    assert told[-1] == f"reload: {tried} of 10 points in {tried} s, 0 differ\n"


def test_the_sum_of_reports_is_one() -> None:
    total = Report(1, 2, 3, ["a"]) + Report(4, 5, 6, ["b"])
    assert str(total) == "5 of 7 points in 9 s, 2 differ\n  a\n  b"


def test_fewer_than_a_third_of_the_points_tell_nothing() -> None:
    assert [Report(tried, 10).tells for tried in (0, 3, 4, 10)] == [False, False, True, True]
