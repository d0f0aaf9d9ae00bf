"""A command that is killed anywhere and given again leaves what an uninterrupted one leaves, and loses nothing.

``script/sweep`` goes to every point. Here ``reload`` is cut at every step, ``create`` and ``purge`` at a third of their
changes, another third each day. When a command's time is up some are left out, from everywhere alike, but a third is
always gone to.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from tests.e2e.installation import Installation
from tests.e2e.sweep.commands import COMMANDS
from tests.e2e.sweep.points import Point, Step, every_change, every_step, part, spread, turned
from tests.e2e.sweep.stage import Stage, stage
from tests.e2e.sweep.sweep import Say, sweep

TURN = int(os.environ.get("SWEEP_TURN") or datetime.now(timezone.utc).timetuple().tm_yday)
SECONDS = {"reload": 110, "create": 200, "purge": 50}
"""How long each goes from point to point: six minutes in all."""


@pytest.fixture(scope="module")
def swept(installation: Installation) -> Iterator[Stage]:
    with stage(templates=installation.home / "_templates") as made:
        yield made


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Tell each point while it runs: a sweep takes minutes."""

    def tell(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    tell(f"\nturn {TURN} (SWEEP_TURN)")
    return tell


def all_of_it(steps: list[Step]) -> list[Point]:
    return spread(turned(every_step(steps, TURN), TURN))


def a_third(steps: list[Step]) -> list[Point]:
    return spread(turned(part(every_change(steps, TURN), TURN % 3 + 1, 3), TURN))


def test_reload_is_mended_wherever_it_was_killed(swept: Stage, say: Say) -> None:
    assert sweep(COMMANDS["reload"], swept, all_of_it, say, within=SECONDS["reload"]).failed == []


@pytest.mark.parametrize("name", ["create", "purge"])
def test_create_and_purge_are_mended_wherever_they_were_killed(swept: Stage, say: Say, name: str) -> None:
    assert sweep(COMMANDS[name], swept, a_third, say, within=SECONDS[name]).failed == []
