"""The table of exit codes, from the error tree itself."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from datacats import errors

_BEFORE = """\
0 is success. A command that runs another inside a container (ckan, run,
exec, psql and others) ends with that one's own, once it was started.

"""
_AFTER = """
An error is told on standard error: what happened, why, and the next command.
With --json it is a document, with the name of its kind:

    {"datacats": 1, "command": "start", "error": {"kind": "NotFound", ...}}
"""


def codes() -> list[tuple[int, str, str]]:
    """Return (exit code, kind, meaning) of every error, by code; within one code the more general first."""
    found = [(each.exit_code, each.__name__, _meaning(each)) for each in _tree(errors.DatacatsError)]
    return sorted(found, key=lambda each: each[0])


def _tree(kind: type[errors.DatacatsError]) -> Iterator[type[errors.DatacatsError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _tree(each)


def _meaning(kind: type[errors.DatacatsError]) -> str:
    return (kind.__doc__ or "").strip().partition("\n")[0].partition(". ")[0].rstrip(".") + "."


def text() -> str:
    """Return the topic's text."""
    return "".join([_BEFORE, *(_row(*each) for each in codes()), _AFTER])


def _row(code: int, kind: str, meaning: str) -> str:
    start = f"  {code:>3}  {kind:<18} "
    return f"{textwrap.fill(meaning, 77, initial_indent=start, subsequent_indent=' ' * len(start))}\n"
