"""Which points a sweep goes to: none may be lost, and none done twice for nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.e2e.sweep.points import Point, Step, every_change, every_step, part, points, spread, turned

STEPS = [
    Step("request", 1, "look", 1, 2, changes=False),
    Step("disk", 1, "place", 3, 4),
    Step("request", 2, "stop", 5, 6),
]


def said(found: list[object]) -> list[str]:
    return [" ".join(str(each).split()) for each in found]


def test_every_point_is_before_or_after_a_step_in_the_order_of_the_run() -> None:
    assert said([*points(STEPS)]) == [
        "before request 1",
        "after request 1",
        "before disk 1",
        "after disk 1",
        "before request 2",
        "sent request 2",
        "after request 2",
    ]


def test_no_way_from_one_step_to_the_next_is_left_out() -> None:
    ends = "after request 2"
    assert said([*every_step(STEPS, 0)]) == ["before request 1", "after request 1", "after disk 1", ends]
    assert said([*every_step(STEPS, 1)]) == ["before request 1", "before disk 1", "before request 2", ends]
    assert said([*every_step(STEPS, 2)]) == ["before request 1", "after request 1", "sent request 2", ends]


def test_looking_changes_nothing() -> None:
    ends = "sent request 2", "after request 2"
    assert said([*every_change(STEPS, 0)]) == ["before request 1", "after disk 1", *ends]
    assert said([*every_change(STEPS, 2)]) == ["before disk 1", "after disk 1", *ends]


def test_the_parts_are_the_whole() -> None:
    whole = points(STEPS)
    assert sorted(said([*part(whole, 1, 4), *part(whole, 2, 4), *part(whole, 3, 4), *part(whole, 4, 4)])) == sorted(
        said([*whole])
    )
    assert said([*part(whole, 2, 3)]) == ["after request 1", "before request 2"]


def test_each_turn_begins_with_another_point_and_loses_none() -> None:
    whole = points(STEPS)
    assert [turned(whole, turn)[0] for turn in range(len(whole))] == whole
    assert sorted(said([*turned(whole, 3)])) == sorted(said([*whole]))
    assert turned([], 3) == []


@pytest.mark.parametrize("count", [5, 8, 23, 64, 100])
def test_what_is_left_out_when_the_time_is_up_lies_between_what_was_tried(count: int) -> None:
    whole = [Point("disk", number, "before") for number in range(count)]
    order = [point.number for point in spread(whole)]
    assert sorted(order) == list(range(count))
    for tried in range(1, count):
        ends = [*sorted(order[:tried]), count]
        assert max(after - before for before, after in pairwise(ends)) <= 3 * count / tried
    assert spread([]) == []
