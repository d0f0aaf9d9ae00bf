"""What a program reads: JSON lines while a command works, the result or the error in the last one."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from datacats.cli.event_lines import record
from datacats.engine.fake_world import Call, Outcome
from datacats.errors import NotReady
from datacats.model.event import Activity, Finished, Progressed, Said, Started
from datacats.model.step import Step
from tests.support.desk import Desk, Ran

LOAD = Activity("load the dump", cause="asked for")
ABOUT = {"operation": "load the dump", "type": "Activity", "cause": "asked for"}


def lines(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_each_event_is_told_with_all_that_is_known_of_it() -> None:
    assert record(Started(LOAD, 1, 2)) == {"kind": "started", **ABOUT, "number": 1, "total": 2}
    assert record(Progressed(LOAD, Step("x", 3, 4, "bytes"))) == {
        "kind": "progressed",
        **ABOUT,
        "text": "x",
        "done": 3,
        "of": 4,
        "unit": "bytes",
    }
    assert record(Finished(LOAD, 1.23456, "copy")) == {"kind": "finished", **ABOUT, "seconds": 1.235, "note": "copy"}
    assert record(Said("Hear!")) == {"kind": "said", "text": "Hear!"}


def test_progress_comes_as_lines_and_the_result_is_the_last(catstown: Desk) -> None:
    ran = catstown.done("restart", "solr", "catstown", "--events")
    assert ran.err == ""
    *events, last = lines(ran)
    assert {each["command"] for each in (*events, last)} == {"restart"}
    assert [each["event"]["kind"] for each in events[:2]] == ["started", "finished"]
    assert last["result"]["name"] == "catstown"


def test_an_error_is_the_last_line(catstown: Desk) -> None:
    catstown.engine.world.failures["start"] = NotReady("It is out.", "Call it.")
    ran = catstown("restart", "solr", "catstown", "--events")
    assert (ran.status, ran.err) == (15, "")
    assert lines(ran)[-1]["error"]["during"] == "start datacats_solr_catstown"


def test_a_mistake_in_the_words_is_one_line_too(desk: Desk) -> None:
    (only,) = lines(desk("stop", "--bogus", "--events"))
    assert only["error"]["kind"] == "UsageError"


def test_the_options_stand_before_the_command_as_well(catstown: Desk) -> None:
    assert catstown.done("--json", "list").result["environments"][0]["name"] == "catstown"
    assert lines(catstown.done("--events", "list"))[-1]["result"]["environments"][0]["name"] == "catstown"
    assert catstown.done("-q", "list").out == "catstown\n"


def test_an_interrupt_is_a_document_with_130(catstown: Desk) -> None:
    def interrupt(_call: object) -> None:
        raise KeyboardInterrupt

    catstown.engine.world.program = interrupt  # type: ignore[assignment]
    ran = catstown("restart", "web", "catstown", "--json")
    assert (ran.status, ran.error["kind"], ran.error["exit_code"]) == (130, "Interrupted", 130)
    assert ran.err.strip() == ""


INNER = (
    "ckan --json -e catstown user list",
    "paster --json -e catstown user list",
    "run --json -e catstown env",
    "shell --json -e catstown -c env",
    "python --json -e catstown -c 1",
    "psql --json -e catstown -c x",
    "redis-cli --json -e catstown ping",
    "exec --json -e catstown web env",
)


@pytest.mark.parametrize("words", INNER)
def test_what_an_inner_command_printed_is_in_one_document(catstown: Desk, words: str) -> None:
    before = catstown.engine.world.program

    def program(call: Call) -> Outcome:
        mine = call.command[-1] in words.split()
        return Outcome(3, b"meow\xff\n", b"hiss\n") if mine else before(call)

    catstown.engine.world.program = program
    ran = catstown(*words.split())
    assert (ran.status, ran.err) == (3, "")
    assert ran.result == {"exit_code": 3, "stdout": "meow\ufffd\n", "stderr": "hiss\n"}


def test_what_solr_answers_is_in_one_document(catstown: Desk) -> None:
    before = catstown.engine.world.program
    found = b'{"response": {"numFound": 3}}'
    catstown.engine.world.program = lambda call: Outcome(0, found) if "title" in str(call) else before(call)
    assert catstown.done("solr", "--json", "-e", "catstown", "title:cats").result == {"answer": json.loads(found)}


def test_a_terminal_is_not_handed_to_an_inner_command_whose_output_a_program_reads(catstown: Desk) -> None:
    catstown.terminal = True
    asked: list[bytes] = []
    before = catstown.engine.world.program

    def program(call: Call) -> Outcome:
        if call.command[0] == "env":
            asked.append(call.stdin)
            return Outcome(0)
        return before(call)

    catstown.engine.world.program = program
    catstown.done("run", "--json", "-e", "catstown", "env", stdin=b"typed")
    assert asked == [b""]


class Full(io.TextIOWrapper):
    """An output that takes nothing any more."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device", text[:0])


def test_progress_that_cannot_be_shown_stops_no_work(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datacats.cli.main import run  # noqa: PLC0415

    monkeypatch.setattr(sys, "stderr", Full(io.BytesIO(), "utf-8"))
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", out)
    assert run(["restart", "solr", "catstown"], open_workspace=catstown.workspace) == 0
    assert catstown.states()["datacats_solr_catstown"] == "running"
