"""What the word under the cursor may become: click finds whose value it is, and ``values`` holds those."""

from __future__ import annotations

from collections.abc import Sequence

import click
from click.shell_completion import ShellComplete

from datacats.cli.commands import PASS_THROUGH
from datacats.cli.main import root
from datacats.cli.passthrough import PassThrough

Candidate = tuple[str, str, str]
"""(Kind, word, meaning)."""


def candidates(arguments: Sequence[str], begun: str) -> list[Candidate]:
    """Return what the word under the cursor may become after some arguments."""
    inner = _inner_words(arguments)
    if inner is not None:
        return _of_inner(inner, begun)
    option, equals, _ = begun.partition("=") if begun.startswith("--") else ("", "", "")
    found = ShellComplete(root, {}, "datacats", "").get_completions(list(arguments), begun)
    return [(each.type, f"{option}{equals}{each.value}" if equals else each.value, each.help or "") for each in found]


def _inner_words(arguments: Sequence[str]) -> list[str] | None:
    """Return the words that belong to an inner command, its own first; None while they are still ours."""
    place = next((place for place, word in enumerate(arguments) if not word.startswith("-")), len(arguments))
    name, after = arguments[place : place + 1], list(arguments[place + 1 :])
    command = root.get_command(click.Context(root), name[0]) if name and name[0] in PASS_THROUGH else None
    if not isinstance(command, PassThrough):
        return None
    own = command.own_words(after)
    return [name[0], *after[own:]] if own < len(after) else None


def _of_inner(words: Sequence[str], begun: str) -> list[Candidate]:
    """An inner command's words are files to us. The directory to test may be followed by options of ours."""
    if words[0] == "test" and "--" not in words:
        return candidates(["test", *words[2:]], begun)
    return [("file", begun, "")]
