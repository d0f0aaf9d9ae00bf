"""Every command that an error, a finding or a result tells people to type is one that there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import click
import pytest

from datacats.cli.commands import PASS_THROUGH
from datacats.cli.main import root
from datacats.model.environment import Phase
from tests.unit.test_architecture import SOURCE

PROSE = frozenset({"adds", "cannot", "derives", "goes", "has", "makes", "needs", "or", "runs", "sets"})
"""Words that follow ``datacats`` in a sentence about it, where nothing is to be typed."""

TYPED = re.compile(r"(?:^|[:(`;'] *|then |or |import |&& )datacats ([a-z][^`'\n;)]*)")


def texts() -> Iterator[tuple[str, str]]:
    """Yield where each string of the source that is no docstring stands, and its text; ``*`` for what is filled in."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text())
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
                yield f"{path.name}:{node.lineno}", "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
                yield f"{path.name}:{node.lineno}", node.value


def commands() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield where a command is told to be typed, and its words."""
    for place, text in texts():
        for match in TYPED.finditer(text):
            yield place, tuple(match[1].replace(",", " ").replace(". ", " ").rstrip(".").split())


FOUND = [each for each in commands() if each[1][0] not in PROSE]


def trouble(words: tuple[str, ...]) -> str:
    """Return what is wrong with a command's words, or an empty text. Words of an inner command are its own."""
    context = click.Context(root, info_name="datacats")
    command = root.get_command(context, words[0])
    rest = list(words[1:])
    if command is None:
        return f"there is no command {words[0]}"
    if isinstance(command, click.Group) and rest:
        command = command.get_command(context, rest.pop(0))
        if command is None:
            return f"there is no such command of the group {words[0]}"
    known = {"--help", "--version", *(name for each in command.params for name in each.opts)}
    strange = [word for word in rest if word.startswith("-") and word.partition("=")[0] not in known]
    return f"there is no option {strange[0]}" if strange and words[0] not in PASS_THROUGH else ""


@pytest.mark.parametrize(("place", "words"), FOUND, ids=[f"{place} {' '.join(words)}" for place, words in FOUND])
def test_a_command_that_people_are_told_to_type_is_there(place: str, words: tuple[str, ...]) -> None:
    assert trouble(words) == "", place


def test_hints_are_found_at_all() -> None:
    assert len(FOUND) > 40
    assert {"create", "start", "purge", "db", "images"} <= {words[0] for _, words in FOUND}


@pytest.mark.parametrize("phase", Phase)
def test_what_carries_on_with_an_interrupted_command_is_there(phase: Phase) -> None:
    assert trouble(tuple(phase.verb.split())) == ""


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("frolic",), "there is no command frolic"),
        (("db", "restore"), "there is no such command of the group db"),
        (("purge", "--now"), "there is no option --now"),
        (("exec", "web", "ls", "-l"), ""),
    ],
)
def test_a_command_that_is_not_there_would_be_noticed(words: tuple[str, ...], wrong: str) -> None:
    assert trouble(words) == wrong
