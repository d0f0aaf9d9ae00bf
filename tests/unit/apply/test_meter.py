from __future__ import annotations

from collections.abc import Callable

import pytest

from datacats.apply import Meter
from datacats.model.event import Activity, Event, Progressed
from datacats.model.step import Step

LOAD = Activity("load", cause="why")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, list[tuple[float, int]]], list[Step]]:
    """What is told of so many bytes, moved at these moments."""

    def tell(total: int, moves: list[tuple[float, int]]) -> list[Step]:
        clock = [0.0]
        monkeypatch.setattr("time.monotonic", lambda: clock[0])
        told: list[Event] = []
        meter = Meter(LOAD, told.append, "x", total=total)
        for clock[0], count in moves:
            meter.more(count)
        return [event.step for event in told if isinstance(event, Progressed)]

    return tell


def test_what_is_moved_is_summed_up(steps: Callable[[int, list[tuple[float, int]]], list[Step]]) -> None:
    assert steps(0, [(1, 10), (2, 5)]) == [Step("x", 10, 0, "bytes"), Step("x", 15, 0, "bytes")]


def test_a_fifth_of_a_second_passes_between_two_that_are_told(
    steps: Callable[[int, list[tuple[float, int]]], list[Step]],
) -> None:
    assert [step.number for step in steps(0, [(0.1, 1), (0.21, 1), (0.3, 1), (0.42, 1)])] == [2, 4]


def test_the_end_is_told_however_soon_it_comes(steps: Callable[[int, list[tuple[float, int]]], list[Step]]) -> None:
    assert steps(3, [(0.01, 2), (0.02, 1)]) == [Step("x", 3, 3, "bytes")]
