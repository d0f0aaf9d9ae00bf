"""The next useful command: told to a person at a terminal, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk import Desk

NEXT = (
    ("create dogville --bare --no-sysadmin", "datacats open dogville"),
    ("start catstown", "datacats logs -f -e catstown"),
    ("reload catstown", "datacats logs -f -e catstown"),
    ("stop catstown", "datacats start catstown"),
)


@pytest.mark.parametrize(("words", "command"), NEXT)
def test_a_person_is_told_what_to_do_next(catstown: Desk, words: str, command: str) -> None:
    catstown.terminal = True
    ran = catstown.done(*words.split(), "--plain")
    assert ran.err.splitlines()[-1] == f"Next: {command}"
    assert command not in ran.out


@pytest.mark.parametrize("words", [words for words, _ in NEXT])
@pytest.mark.parametrize("how", ["-q", "--json", "--events"])
def test_who_wants_little_or_is_a_program_is_not(catstown: Desk, words: str, how: str) -> None:
    catstown.terminal = True
    assert "Next:" not in catstown.done(*words.split(), how).err


@pytest.mark.parametrize("words", [words for words, _ in NEXT])
def test_a_log_is_not(catstown: Desk, words: str) -> None:
    assert "Next:" not in catstown.done(*words.split()).err


def test_a_file_is_named_as_a_shell_takes_it(catstown: Desk, tmp_path: Path) -> None:
    catstown.terminal = True
    file = tmp_path / "my cats.dump"
    said = catstown.done("db", "dump", file, "-e", "catstown", "--no-color").err
    assert said.splitlines()[-1] == f"Next: To bring it into another site: datacats db load '{file}' -e NAME"
