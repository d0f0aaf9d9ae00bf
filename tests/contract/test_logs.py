"""What the logs of containers tell, in every engine."""

from __future__ import annotations

import pytest

from datacats.model.ports import LogLine, LogQuery
from tests.contract.stage import WAIT, Stage, wait_until

SAYS = "echo one; echo two; echo three"


def texts(stage: Stage, name: str, query: LogQuery) -> list[str]:
    return [line.text for line in stage.engine.containers.logs(name, query)]


@pytest.fixture
def talker(stage: Stage) -> str:
    """A container that said three lines and ended."""
    spec = stage.spec(SAYS)
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)
    wait_until(lambda: stage.engine.containers.inspect(spec.name).state == "exited", "the container ends")
    return spec.name


def test_a_log_tells_which_output_a_line_was_written_to(stage: Stage) -> None:
    spec = stage.spec(f"echo out; echo err >&2; {WAIT}")
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)
    wait_until(lambda: len(texts(stage, spec.name, LogQuery())) == 2, "both lines are there")

    lines = set(stage.engine.containers.logs(spec.name, LogQuery()))

    assert lines == {LogLine("stdout", "out"), LogLine("stderr", "err")}


@pytest.mark.parametrize(("tail", "told"), [(None, 3), (0, 0), (1, 1), (2, 2), (9, 3)])
def test_the_end_of_a_log_is_as_long_as_asked_for(stage: Stage, talker: str, tail: int | None, told: int) -> None:
    assert texts(stage, talker, LogQuery(tail=tail)) == ["one", "two", "three"][3 - told :]


def test_a_log_since_a_moment_leaves_out_what_is_older(stage: Stage, talker: str) -> None:
    assert texts(stage, talker, LogQuery(since=1.5)) == ["one", "two", "three"]
    assert texts(stage, talker, LogQuery(since=4_000_000_000.0)) == []


def test_timestamps_stand_before_each_line_when_asked_for(stage: Stage, talker: str) -> None:
    stamps, words = zip(*(text.split(" ", 1) for text in texts(stage, talker, LogQuery(timestamps=True))), strict=True)

    assert words == ("one", "two", "three")
    assert all(stamp[4] == "-" and stamp.endswith("Z") for stamp in stamps)


def test_following_a_log_ends_with_its_container(stage: Stage, talker: str) -> None:
    assert texts(stage, talker, LogQuery(follow=True)) == ["one", "two", "three"]


def test_who_waits_for_starts_is_told_of_each_under_that_name_and_of_no_other(stage: Stage) -> None:
    containers, first, other = stage.engine.containers, stage.spec(WAIT), stage.spec(WAIT)
    longer = stage.spec(WAIT, name=f"{first.name}-longer")
    starts = containers.starts(first.name)
    for spec in (longer, other, first):
        containers.create(spec)
        containers.start(spec.name)
    identity = containers.inspect(first.name).id
    assert next(starts) == identity
    containers.stop(first.name, 0)
    containers.start(first.name)
    assert next(starts) == identity
    containers.remove(first.name)
    containers.create(first)
    containers.start(first.name)
    assert next(starts) == containers.inspect(first.name).id != identity
