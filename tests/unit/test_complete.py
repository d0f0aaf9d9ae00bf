"""Completion of a command's name, answered without click and equal to what click would say."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from datacats.cli import complete
from datacats.cli.commands import COMMANDS


def asked(words: str, number: int) -> str:
    env = {**os.environ, "COMP_WORDS": words, "COMP_CWORD": str(number), complete.VARIABLE: "bash_complete"}
    done = subprocess.run([sys.executable, "-m", "datacats"], env=env, capture_output=True, check=False)
    return done.stdout.decode()


@pytest.mark.parametrize("begun", ["", "re", "purge", "zzz"])
def test_the_commands_that_begin_so_are_offered(begun: str) -> None:
    expected = [f"plain,{name}" for name in COMMANDS if name.startswith(begun)]
    assert asked(f"datacats {begun}", 1).split() == expected


def test_options_are_left_to_click() -> None:
    assert (
        complete.answer({complete.VARIABLE: "bash_complete", "COMP_WORDS": "datacats info --j", "COMP_CWORD": "2"})
        is None
    )
    assert "plain,--json" in asked("datacats info --j", 2)


def test_other_shells_are_left_to_click() -> None:
    assert complete.answer({complete.VARIABLE: "zsh_complete", "COMP_CWORD": "1"}) is None
