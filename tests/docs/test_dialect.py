"""The dialect that pages are written in: every fence has one fate, and a mistake is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.dialect import Command, File, Misspelt, Page, Program, read


def page(text: str) -> Page:
    return read(Path("page.md"), text)


def fates(text: str) -> list[tuple[str, str]]:
    return [(block.language, block.fate) for block in page(text).blocks]


def test_each_command_of_a_console_block_takes_the_lines_below_it_as_its_output() -> None:
    found = page("Do:\n\n```console\n$ cd x\n$ datacats info\nEnvironment name: x\n...\n```\n")
    assert found.steps == [Command(4, "cd x"), Command(5, "datacats info", ("Environment name: x", "..."))]


def test_lines_that_begin_as_a_shell_asks_for_more_carry_a_command_on() -> None:
    (step,) = page("```console\n$ cat <<E\n> one\n> E\none\n```\n").steps
    assert step == Command(2, "cat <<E\none\nE", ("one",))


def test_a_status_is_that_of_the_last_command_of_the_next_fence() -> None:
    steps = page("% status: 4\n```console\n$ true\n$ datacats info x\nError: ...\n```\n```console\n$ true\n```\n").steps
    assert [step.status for step in steps if isinstance(step, Command)] == [0, 4, 0]


def test_hidden_commands_are_steps_in_their_places() -> None:
    steps = page("% run: one\n```console\n$ two\n```\n<!-- run: three -->\n").steps
    assert [step.text for step in steps if isinstance(step, Command)] == ["one", "two", "three"]


@pytest.mark.parametrize("language", ["ini", "console", "python", "html+jinja"])
def test_a_fence_that_a_reader_saves_is_a_file_whatever_its_language(language: str) -> None:
    found = page(f"% file: a/b.txt\n\n```{language}\n$ x\n```\n")
    assert found.steps == [File(3, "a/b.txt", "$ x\n")]
    assert [block.fate for block in found.blocks] == ["file"]


def test_programs_are_run_and_settings_are_parsed() -> None:
    text = "```python\nprint(1)\n```\n```toml\na = 1\n```\n```text\nx\n```\n"
    assert fates(text) == [("python", "run"), ("toml", "parsed"), ("text", "shown")]
    assert page(text).steps == [Program(1, "print(1)\n")]


def test_what_is_not_run_has_its_reason_and_is_no_step() -> None:
    found = page("% not run: it asks for a password\n```console\n$ datacats create catstown\n```\n")
    assert found.steps == []
    assert [(block.fate, block.reason) for block in found.blocks] == [("not run", "it asks for a password")]


def test_a_page_can_be_not_run_from_a_line_on_hidden_commands_included() -> None:
    found = page("```console\n$ a\n```\n% page not run: takes a Mac\n% run: b\n```console\n$ c\n```\n")
    assert found.steps == [Command(2, "a")]
    assert [block.reason for block in found.blocks] == ["", "takes a Mac"]


def test_directives_of_sphinx_and_what_stands_around_notes_are_no_blocks() -> None:
    text = "```{toctree}\n$ x\n```\n:::{note}\nDo:\n\n```console\n$ y\n```\n:::\n"
    assert page(text).steps == [Command(8, "y")]


def test_a_fence_of_more_ticks_holds_fences() -> None:
    assert fates("````text\n```console\n$ x\n```\n````\n") == [("text", "shown")]


def test_names_and_ports_are_taken_from_all_marks() -> None:
    found = page("% names: catstown, portal/sandbox\n% names: kennel\n% ports: 8080 8081\n")
    assert found.names == ("catstown", "portal/sandbox", "kennel")
    assert found.ports == (8080, 8081)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("```\nx\n```\n", "a fence must say its language"),
        ("```fortran\nx\n```\n", "'fortran' is none"),
        ("% notrun: x\n", "no mark"),
        ("% not run:\n```console\n$ x\n```\n", "no mark"),
        ("% just a remark\n", "no mark"),
        ("% status: 4\n\nWords.\n\n```console\n$ x\n```\n", "no fence follows, but 'Words.'"),
        ("% file: x\n", "no fence follows"),
        ("% not run: x\n```toml\na = 1\n```\n", "only what could be run"),
        ("- item\n\n  ```console\n  $ x\n  ```\n", "must begin its line"),
        ("```console\nx\n```\n", "without a line that begins with"),
        ("```console\n$ datacats create --bare dogville\n```\n", "declares no name 'dogville'"),
        ("% names: cat\n", "five lower-case letters"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, why: str) -> None:
    with pytest.raises(Misspelt, match=f"page.md:[1-9].*{why}"):
        page(text)
