"""Completion of a command's name in bash, without importing click: a key press should not wait for it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from datacats.cli.commands import COMMANDS

VARIABLE = "_DATACATS_COMPLETE"
"""Set by the completion script that click makes: ``_DATACATS_COMPLETE=bash_source datacats``."""


def answer(env: Mapping[str, str] = os.environ) -> str | None:
    """Return what to print when the word to complete is a command's name, else None: click knows the rest."""
    if env.get(VARIABLE) != "bash_complete" or env.get("COMP_CWORD") != "1":
        return None
    words = env.get("COMP_WORDS", "").split()
    begun = words[1] if len(words) > 1 else ""
    return "".join(f"plain,{name}\n" for name in COMMANDS if name.startswith(begun))
