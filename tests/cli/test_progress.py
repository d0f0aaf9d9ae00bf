"""What a person sees on standard error while a command works, and what of an error is shown at its end."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from datacats.cli.progress import Lines
from datacats.cli.render import error_lines, plan_lines
from datacats.errors import NotReady
from datacats.model.event import Activity, Event, Finished, Progressed, Said, Started
from datacats.model.image import BuildContext, ImageRef
from datacats.model.plan import (
    BuildImage,
    Flush,
    MakeDirectory,
    MovePath,
    Operation,
    PlaceFile,
    Plan,
    PullImage,
    PushImage,
    RemoveTree,
    RunProgram,
    StartContainer,
    Wait,
)
from datacats.model.probe import HttpProbe
from datacats.model.step import Step
from tests.support.desk import Desk

WEB = ImageRef("datacats/web", "1")
HERE = Path("/data/x")
SMALL: tuple[Operation, ...] = (
    Flush(HERE, cause="why"),
    MakeDirectory(path=HERE, owner=(1, 1), cause="why"),
    MovePath(HERE, HERE, cause="why"),
    PlaceFile(HERE, b"", (1, 1), cause="why"),
    RemoveTree(HERE, cause="why"),
)
LONG: tuple[Operation, ...] = (
    BuildImage(BuildContext(WEB, (), {}, {}), cause="why"),
    PullImage(WEB, WEB, cause="why"),
    PushImage(WEB, WEB, cause="why"),
)
SLOW: tuple[Operation, ...] = (
    RunProgram(("mmdebstrap",), cause="why"),
    Wait(HttpProbe("http://x/", "web", 1), cause="why"),
)
START = StartContainer("datacats_web_cat", cause="stopped")


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    return Shown(capsys)


class Shown:
    """What events look like."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *events: Event, person: bool = False) -> list[str]:
        progress = Lines(person=person)
        for event in events:
            progress.show(event)
        captured = self._capsys.readouterr()
        assert captured.out == ""
        return captured.err.splitlines()


def test_a_step_that_ended_is_a_line_with_its_time_and_its_cause(shown: Shown) -> None:
    assert shown(Finished(START, 1.2345)) == ["  1.23 s  start datacats_web_cat (stopped)"]
    assert shown(Finished(START, 123.4)) == ["123.40 s  start datacats_web_cat (stopped)"]


def test_how_it_was_done_is_told_where_that_is_worth_knowing(shown: Shown) -> None:
    assert shown(Finished(START, 0.5, "reflink")) == ["  0.50 s  start datacats_web_cat (stopped) [reflink]"]


@pytest.mark.parametrize("step", SMALL, ids=lambda step: type(step).__name__)
def test_what_takes_no_time_is_no_line_unless_it_took_some(shown: Shown, step: Operation) -> None:
    assert shown(Started(step, 1, 2), Finished(step, 0.9)) == []
    assert shown(Finished(step, 1.1)) == [f"  1.10 s  {step} (why)"]


def test_a_wait_for_what_was_ready_is_no_line(shown: Shown) -> None:
    wait = Wait(HttpProbe("http://x/", "web", 1), cause="why")
    assert shown(Started(wait, 1, 2), Finished(wait, 0.2)) == []
    assert shown(Finished(wait, 5.6)) == [f"  5.60 s  {wait} (why)"]


@pytest.mark.parametrize("step", LONG, ids=lambda step: type(step).__name__)
def test_what_takes_minutes_is_told_before_it_begins_to_logs_too(shown: Shown, step: Operation) -> None:
    assert shown(Started(step, 1, 2)) == [f"          {step} ..."]


@pytest.mark.parametrize("step", SLOW, ids=lambda step: type(step).__name__)
def test_what_takes_seconds_is_told_before_it_begins_to_a_person_only(shown: Shown, step: Operation) -> None:
    assert shown(Started(step, 1, 2)) == []
    assert shown(Started(step, 1, 2), person=True) == [f"          {step} ..."]


def test_what_is_quick_is_not_told_before_it_begins(shown: Shown) -> None:
    assert shown(Started(START, 1, 2), person=True) == []


def test_a_build_counts_its_steps_and_leaves_its_chatter_out(shown: Shown) -> None:
    build = LONG[0]
    assert shown(Progressed(build, Step("RUN x" * 50, 3, 12))) == [f"  step 3/12 {('RUN x' * 50)[:100]}"]
    assert shown(Progressed(build, Step("Collecting requests"))) == []


def test_a_transfer_that_goes_on_is_told_every_ten_seconds(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((0.0, 5.0, 10.0, 11.0, 20.0))
    monkeypatch.setattr("datacats.cli.progress.time", SimpleNamespace(monotonic=lambda: next(times)))
    load = Activity("load the dump", cause="asked for")
    moves = (Progressed(load, Step("", number, 100_000_000, "bytes")) for number in (10, 25_000_000, 30, 50_000_000))
    assert shown(Started(load, 1, 1), *moves) == [
        "          load the dump ...",
        "          25.0 MB of 100.0 MB (25 %), about 30 s left",
        "          50.0 MB of 100.0 MB (50 %), about 20 s left",
    ]


def test_what_a_user_should_know_is_said_as_it_is(shown: Shown) -> None:
    assert shown(Said("Port 5001 is taken.")) == ["Port 5001 is taken."]


def test_an_empty_plan_says_so() -> None:
    assert plan_lines(Plan()) == ["Nothing to do."]
    assert plan_lines(Plan.of([START])) == ["1 start datacats_web_cat (stopped)"]


def test_of_an_error_only_what_it_has_is_shown() -> None:
    assert error_lines(NotReady("It is out.")) == ["Error: It is out."]


def test_an_error_tells_during_what_with_which_evidence_and_what_next() -> None:
    error = NotReady("It is out.", "Call it.", detail="a paw\n\na tail\n")
    error.during = "wait until it is back"
    assert error_lines(error) == [
        "Error: It is out.",
        "It happened while: wait until it is back",
        "  | a paw",
        "  | ",
        "  | a tail",
        "Next: Call it.",
    ]


@pytest.mark.parametrize("words", [["--json"], ["-q"], ["--quiet"], ["-q", "--json"]])
def test_a_command_for_programs_says_nothing_on_the_way(catstown: Desk, words: list[str]) -> None:
    ran = catstown.done("restart", "solr", "catstown", *words)
    assert ran.err == ""
    assert bool(ran.out) == ("--json" in words)


def test_the_operation_that_failed_stands_in_the_document(catstown: Desk) -> None:
    catstown.engine.world.failures["start"] = NotReady("It is out.", "Call it.")
    ran = catstown("restart", "solr", "catstown", "--json")
    assert (ran.status, ran.error["during"]) == (15, "start datacats_solr_catstown")
