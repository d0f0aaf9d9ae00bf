"""``sass``: what is compiled, what is written, and what is left as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.support.desk import WORK, Desk

SOURCE = WORK / "catstown"
ASSETS = SOURCE / "ckanext-cats" / "assets"


class Compiler:
    """The container that compiles: what it was asked, and an answer for each file unless a test says otherwise."""

    def __init__(self, desk: Desk) -> None:
        self.asked: list[Any] = []
        self.calls: list[Call] = []
        self.answer: dict[str, Any] = {}
        self.status = 0
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        if "compile_sass.py" not in call.command[-1]:
            return Outcome(0)
        names = json.loads(call.stdin)
        self.asked.append(names)
        self.calls.append(call)
        told = {"sheets": {name: f"/* {name} */" for name in names}, "warned": "", **self.answer}
        return Outcome(self.status, json.dumps(told).encode(), b"no memory")


@pytest.fixture
def compiler(catstown: Desk) -> Compiler:
    catstown.disk.add(ASSETS / "theme.scss", b'@import "colours";')
    return Compiler(catstown)


def test_each_style_sheet_is_written_beside_its_source_and_is_the_owners(catstown: Desk, compiler: Compiler) -> None:
    catstown.disk.add(SOURCE / "ckanext-dogs" / "more.sass", b"")
    ran = catstown.done("sass", "catstown")
    assert ran.lines == ["Wrote ckanext-cats/assets/theme.css", "Wrote ckanext-dogs/more.css"]
    assert compiler.asked == [["ckanext-cats/assets/theme.scss", "ckanext-dogs/more.sass"]]
    assert catstown.disk.read(ASSETS / "theme.css") == b"/* ckanext-cats/assets/theme.scss */"
    assert catstown.disk.entry(ASSETS / "theme.css").mode & 0o777 == 0o644  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["_colours.scss", "node_modules/x.scss", ".git/x.scss", "vendor/x.scss", "x.css"])
def test_parts_and_what_belongs_to_others_are_not_compiled_by_themselves(
    catstown: Desk, compiler: Compiler, name: str
) -> None:
    catstown.disk.add(ASSETS / Path(name), b"")
    catstown.done("sass", "catstown")
    assert compiler.asked == [["ckanext-cats/assets/theme.scss"]]


def test_what_is_as_it_should_be_is_not_touched(catstown: Desk, compiler: Compiler) -> None:
    catstown.done("sass", "catstown")
    catstown.forget()
    ran = catstown.done("sass", "catstown", "--json")
    assert ran.result["written"] == []
    assert ran.result["unchanged"] == ["ckanext-cats/assets/theme.css"]
    assert not any("theme.css" in str(each) for each in catstown.disk.changes)
    assert catstown.done("sass", "catstown").out == "All style sheets are as their sources say.\n"
    assert len(compiler.asked) == 3


def test_a_mistake_is_shown_in_the_compilers_words_and_nothing_is_written(catstown: Desk, compiler: Compiler) -> None:
    compiler.answer = {"error": "Error: Undefined variable.\n  theme.scss 3:10"}
    ran = catstown("sass", "catstown")
    assert ran.status == 16
    assert "theme.scss 3:10" in ran.err
    assert catstown.disk.entry(ASSETS / "theme.css") is None


def test_a_compiler_that_ends_says_why(catstown: Desk, compiler: Compiler) -> None:
    compiler.status = 137
    ran = catstown("sass", "catstown")
    assert ran.status == 16
    assert "no memory" in ran.err


def test_what_the_compiler_warns_of_is_told(catstown: Desk, compiler: Compiler) -> None:
    compiler.answer = {"warned": "Deprecation Warning: slash-div"}
    assert "slash-div" in catstown.done("sass", "catstown").err


def test_a_dry_run_names_what_it_would_write_and_writes_nothing(catstown: Desk, compiler: Compiler) -> None:
    assert "theme.css" in catstown.done("sass", "catstown", "--dry-run").out
    assert catstown.disk.entry(ASSETS / "theme.css") is None
    assert compiler.asked


def test_a_source_directory_without_sass_is_told_so_and_no_image_is_built_for_it(catstown: Desk) -> None:
    compiler = Compiler(catstown)
    ran = catstown("sass", "catstown")
    assert ran.status == 4
    assert "There is no style sheet in Sass below" in ran.err
    assert compiler.asked == []
    assert not any("datacats/build" in str(each) for each in catstown.engine.world.images)


def test_the_older_command_names_its_successor(catstown: Desk) -> None:
    ran = catstown("less", "catstown")
    assert ran.status == 2
    assert "datacats sass" in ran.err
