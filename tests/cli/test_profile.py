"""``start --profile`` and ``profile``: what pages cost is asked of web, and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.support.desk import Desk

WEB = "datacats_web_catstown"
PAGE = {
    "number": 3,
    "time": "12:01:02",
    "method": "GET",
    "path": "/dataset",
    "status": 200,
    "seconds": 0.4123,
    "sql_seconds": 0.05,
    "count": 23,
}
STATEMENT = {"sql": "SELECT *\n  FROM package", "count": 4, "seconds": 0.0205}
FUNCTION = {"where": "ckan/lib/helpers.py:12 url_for", "calls": 70, "own": 0.01, "with_called": 0.2}


def answers(desk: Desk, content: bytes, status: int = 0) -> list[Call]:
    """Let every command inside a container print something; return the commands."""
    seen: list[Call] = []

    def program(call: Call) -> Outcome:
        seen.append(call)
        return Outcome(status, content, b"no such directory")

    desk.engine.world.program = program
    return seen


def document(found: Any) -> bytes:
    return json.dumps(found).encode()


def test_web_measures_pages_until_it_is_no_more_wanted(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--profile")
    assert "--profile" in catstown.engine.world.container(WEB).spec.command
    catstown.forget()
    catstown.done("start", "catstown")
    assert catstown.changes() == []
    catstown.done("start", "catstown", "--no-profile")
    assert "--profile" not in catstown.engine.world.container(WEB).spec.command


@pytest.mark.parametrize("other", ["--production", "--interactive"])
def test_it_is_refused_with_what_makes_no_sense_with_it(catstown: Desk, other: str) -> None:
    ran = catstown("start", "catstown", "--profile", other)
    assert ran.status == 2
    assert "--profile excludes" in ran.err


def test_pages_are_listed_a_line_for_each(catstown: Desk) -> None:
    seen = answers(catstown, document([PAGE]))
    assert catstown.done("profile", "-e", "catstown").lines == [
        "   3  12:01:02    0.412 s    23 SQL in 0.050 s  200 GET /dataset"
    ]
    assert (seen[0].container, seen[0].command[-1]) == (WEB, "list")


def test_no_page_is_told_to_people_with_what_to_do_and_is_an_empty_list_to_programs(catstown: Desk) -> None:
    answers(catstown, b"[]")
    assert catstown.done("profile", "-e", "catstown").out == (
        "No page was measured yet. Measure those to come: datacats start --profile\n"
    )
    assert catstown.done("profile", "-e", "catstown", "--json").result == {"pages": []}


def test_a_page_is_shown_with_its_costly_statements_and_functions(catstown: Desk) -> None:
    found = {**PAGE, "statements": [STATEMENT] * 17, "functions": [FUNCTION]}
    answers(catstown, document(found))
    lines = catstown.done("profile", "show", "3", "-e", "catstown").lines
    assert "  0.0205 s     4 x SELECT * FROM package" in lines
    assert "... and 2 more; all of them: --json" in lines
    assert lines[-1] == "  0.0100 s   0.2000 s      70 ckan/lib/helpers.py:12 url_for"
    result = catstown.done("profile", "show", "3", "-e", "catstown", "--json").result
    assert result["statements"][0] == STATEMENT
    assert len(result["statements"]) == 17


def test_the_profilers_file_is_saved_as_it_is_and_never_over_another(catstown: Desk, tmp_path: Path) -> None:
    answers(catstown, b"\x00\xffprofile")
    file = tmp_path / "home.prof"
    assert catstown.done("profile", "save", "3", str(file), "-e", "catstown").out == f"Wrote {file}\n"
    assert file.read_bytes() == b"\x00\xffprofile"
    assert catstown("profile", "save", "3", str(file), "-e", "catstown").status == 5
    catstown.done("profile", "save", "3", str(file), "-e", "catstown", "--force")


def test_a_page_that_is_not_there_is_told_and_no_file_is_made(catstown: Desk, tmp_path: Path) -> None:
    answers(catstown, b"null")
    assert catstown("profile", "show", "9", "-e", "catstown").status == 4
    assert catstown("profile", "save", "9", str(tmp_path / "x"), "-e", "catstown").status == 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["show"], ["save"], ["save", "3"]])
def test_what_lacks_its_number_or_its_file_is_refused_with_an_example(catstown: Desk, words: list[str]) -> None:
    ran = catstown("profile", *words, "-e", "catstown")
    assert ran.status == 2
    assert "datacats profile save 1 home.prof" in ran.err


def test_pages_that_cannot_be_read_are_told_with_why(catstown: Desk) -> None:
    answers(catstown, b"", status=1)
    ran = catstown("profile", "-e", "catstown")
    assert ran.status == 16
    assert "no such directory" in ran.err


@pytest.mark.parametrize("option", ["--profile", "--debugger"])
@pytest.mark.parametrize("how", [(), ("--dry-run",)])
def test_what_only_the_development_server_has_is_refused_of_a_site_in_production(
    catstown: Desk, option: str, how: tuple[str, ...]
) -> None:
    catstown.done("start", "catstown", "--production")
    before = catstown.site()
    ran = catstown("start", "catstown", option, *how)
    assert (ran.status, catstown.site()) == (5, before)
    assert "only the development server has a debugger and a profiler" in ran.err
    assert f"datacats start --development {option} catstown" in ran.err
    assert catstown("start", "catstown", option, "--development", *how).status == 0
