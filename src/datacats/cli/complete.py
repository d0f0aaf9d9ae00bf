"""What a shell offers when TAB is pressed; the most usual words without importing click, which a key press would feel.

The script that ``datacats completion SHELL`` prints sets ``_DATACATS_COMPLETE`` to the shell, and ``COMP_WORDS`` to the
line up to the cursor as it was typed. Each line of the answer is a kind (``plain``, ``file`` or ``dir``: then the shell
completes those itself), a comma, and a word; for zsh and fish a tab and its meaning follow.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from datacats.cli.commands import COMMANDS, PASS_THROUGH

Found = Iterable[tuple[str, str, str]]
"""Each (kind, word, meaning)."""

VARIABLE = "_DATACATS_COMPLETE"

ENVIRONMENT_FIRST = frozenset(
    {
        *("start", "stop", "reload", "upgrade", "info", "status", "open", "purge", "tweak", "doctor"),
        *("demo-data", "extensions", "sass", "spare"),
    }
)
"""Commands whose first word is an environment."""


def answer(env: Mapping[str, str] = os.environ) -> str:
    """Return what to print; nothing where nothing fits, and whatever else is wrong."""
    try:
        arguments, begun = words(env.get("COMP_WORDS", ""))
        found = _at_once(arguments, begun, env)
        if found is None:
            from datacats.cli.candidates import candidates  # noqa: PLC0415 - it needs click

            found = candidates(arguments, begun)
    except Exception:  # noqa: BLE001 - a line that is being typed is no place for a traceback
        return ""
    return "".join(_lines(found, env[VARIABLE]))


def words(line: str) -> tuple[list[str], str]:
    """Return the arguments before the cursor, and what the word under it begins with."""
    marked = f"{line}\0"  # no variable can hold that; so the last word is there even when it is empty yet
    found = _unquoted(marked) if {"'", '"', "\\"} & set(line) else marked.split()
    return found[1:-1], found[-1].rstrip("\0")


def _unquoted(line: str) -> list[str]:
    import shlex  # noqa: PLC0415 - few lines have quotes

    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    found: list[str] = []
    try:
        found.extend(lexer)
    except ValueError:  # a quote is still open
        found.append(lexer.token)
    return found


def _at_once(arguments: Sequence[str], begun: str, env: Mapping[str, str]) -> Found | None:
    """Return the commands or environments that begin so, or None: click knows the rest."""
    if begun.startswith("-"):
        return None
    named = next((place for place, word in enumerate(arguments) if not word.startswith("-")), None)
    if named is None:
        return [("plain", name, text) for name, (_, text) in COMMANDS.items() if name.startswith(begun)]
    if _is_environment(arguments[named], arguments[named + 1 :]):
        from datacats.workflows.known import environments  # noqa: PLC0415 - the list of commands need not pay for it

        return [("plain", name, "") for name in environments(env) if name.startswith(begun)] or None
    return None


def _is_environment(command: str, before: Sequence[str]) -> bool:
    if before[-1:] in (["-e"], ["--environment"]):
        return command not in PASS_THROUGH or len(before) == 1
    return command in ENVIRONMENT_FIRST and not before


def _lines(found: Found, shell: str) -> Iterable[str]:
    for kind, word, meaning in found:
        yield f"{kind},{word}\n" if shell == "bash" or not meaning else f"{kind},{word}\t{' '.join(meaning.split())}\n"
