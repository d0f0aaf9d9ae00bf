"""The page of ``man datacats`` in the programs that show it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "share" / "man" / "man1" / "datacats.1"


@pytest.mark.parametrize("words", [["mandoc", "-T", "lint"], ["man", "--warnings=w", "-l"]])
def test_it_is_taken_without_a_warning(words: list[str]) -> None:
    done = subprocess.run([*words, str(PAGE)], capture_output=True, text=True, check=True)
    complaints = done.stdout if words[0] == "mandoc" else ""
    assert (complaints, done.stderr) == ("", "")


def test_no_line_is_longer_than_a_terminal_of_80_columns() -> None:
    env = {**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
    shown = subprocess.run(["man", "-l", str(PAGE)], capture_output=True, text=True, check=True, env=env).stdout
    assert "create" in shown
    assert [line for line in shown.splitlines() if len(line) > 80] == []


def test_man_finds_it_where_the_command_is_on_the_path() -> None:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    env.pop("MANPATH", None)
    found = subprocess.run(["man", "-w", "datacats"], capture_output=True, text=True, check=True, env=env).stdout
    assert Path(found.strip()).name == PAGE.name
