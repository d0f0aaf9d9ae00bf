"""``start --interactive``: web in the foreground of a terminal."""

from __future__ import annotations

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.support.desk import Desk


@pytest.fixture
def served(catstown: Desk) -> list[Call]:
    """What the foreground's main process was told; it ends by itself with status 3."""
    calls: list[Call] = []

    def program(call: Call) -> Outcome:
        if not call.main or "datacats-serve" not in call.command:
            return Outcome(None) if call.main else Outcome(0)
        calls.append(call)
        return Outcome(3)

    catstown.engine.world.program = program
    return calls


def test_web_runs_in_the_foreground_and_its_status_is_ours(catstown: Desk, served: list[Call]) -> None:
    assert catstown("start", "-i", "catstown").status == 3
    (call,) = served
    assert call.container == "datacats_web_catstown"
    assert "--disable-reloader" in call.command


def test_a_web_in_the_background_makes_way_and_nothing_of_the_foreground_is_left(
    catstown: Desk, served: list[Call]
) -> None:
    catstown("start", "-i", "catstown")
    assert served
    names = set(catstown.engine.world.containers)
    assert not [name for name in names if "web" in name]
    assert catstown("start", "catstown").status == 0


@pytest.mark.parametrize("other", ["--background", "--production"])
def test_foreground_excludes_what_makes_no_sense_with_it(catstown: Desk, other: str) -> None:
    ran = catstown("start", "-i", other, "catstown")
    assert ran.status == 2
    assert "--interactive excludes" in ran.err
