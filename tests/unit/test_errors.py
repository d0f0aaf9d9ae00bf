"""The error tree: what scripts rely on (exit codes) and what people read (message, hint)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest

from datacats import errors
from datacats.errors import Conflict, DatacatsError, EngineError, NotFound

CLASSES = dict(inspect.getmembers(errors, inspect.isclass))
ALL = [kind for kind in CLASSES.values() if issubclass(kind, DatacatsError)]
LINE = re.compile(r"^ {4}(?P<branches>[| +-]*)(?P<name>[A-Z]\w+) +(?P<code>\d+) {3}\S", re.MULTILINE)


def walk(kind: type[DatacatsError], depth: int = 0) -> Iterator[tuple[int, str, int]]:
    """Yield depth, name and exit code of a class and all below it, in the order of their definition."""
    yield depth, kind.__name__, kind.exit_code
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:  # the engine room has refinements of its own
            yield from walk(below, depth + 1)


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = [
        (len(match["branches"]) // 4, match["name"], int(match["code"]))
        for match in LINE.finditer(errors.__doc__ or "")
    ]
    assert drawn == list(walk(DatacatsError))


def test_every_error_is_in_the_one_tree() -> None:
    assert {name for _, name, _ in walk(DatacatsError)} == set(CLASSES)


def test_no_two_errors_share_an_exit_code_that_they_set_themselves() -> None:
    own = [kind.exit_code for kind in ALL if "exit_code" in vars(kind)]
    assert sorted(own) == sorted(set(own))


@pytest.mark.parametrize("kind", ALL)
def test_no_exit_code_means_success_or_belongs_to_the_shell(kind: type[DatacatsError]) -> None:
    assert 0 < kind.exit_code < 125 or issubclass(kind, errors.Interrupted)  # which ends as the shell itself says it


@pytest.mark.parametrize("kind", ALL)
def test_every_error_carries_its_message_its_hint_and_its_evidence(kind: type[DatacatsError]) -> None:
    error = kind("what happened", "what to do", detail="last words")
    assert str(error) == error.message == "what happened"
    assert (error.hint, error.detail) == ("what to do", "last words")
    assert error.kind == kind.__name__


def test_who_catches_a_family_catches_its_members() -> None:
    assert issubclass(errors.UnknownVersion, NotFound)
    assert issubclass(errors.Busy, Conflict)
    assert issubclass(errors.EngineUnreachable, EngineError)
