"""The page of ``man datacats``: written from the code, and as the code is today."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import tomli

from datacats.cli import manual
from datacats.cli.commands import GROUPS
from datacats.cli.topics import TOPICS
from tests.cli.test_help import LEAVES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "share" / "man" / "man1" / "datacats.1"


def plain() -> str:
    """The page without what only the formatter reads, on one line."""
    lines = (line.partition(" ")[2] if line.startswith(".") else line for line in manual.page().splitlines())
    text = " ".join(lines).replace("\\fB", "").replace("\\fR", "").replace("\\&", "")
    for character, escape in {"\\": r"\e", "-": r"\-", "'": r"\(aq", "~": r"\(ti", "^": r"\(ha"}.items():
        text = text.replace(escape, character)
    return " ".join(text.split())


def test_the_page_that_is_shipped_is_that_of_the_code() -> None:
    again = "python -m datacats.cli.manual > share/man/man1/datacats.1"
    assert PAGE.read_text("utf-8") == manual.page(), f"Write it again: {again}"


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_stands_there_with_its_options_and_its_example(name: str) -> None:
    command = LEAVES[name]
    text = plain().partition(f" datacats {name} [OPTIONS] ")[2].partition(" Example: ")
    assert text[2].startswith((command.epilog or "").removeprefix("Example:").strip())
    for each in command.params:
        if (
            isinstance(each, click.Option)
            and not each.hidden
            and each.opts[-1] not in {"--json", "--events", "--quiet"}
        ):
            assert " ".join((each.help or "").split()) in text[0]


def test_headings_and_topics_have_their_sections() -> None:
    found = re.findall(r'^\.S[HS] "(.+)"$', manual.page(), re.MULTILINE)
    assert [each for each in GROUPS if each not in found] == []
    assert found[-4:] == ["FILES", "EXIT STATUS", "ENVIRONMENT", "SEE ALSO"]
    assert [each for each in TOPICS if each not in manual._CUSTOMARY and TOPICS[each].title.upper() not in found] == []  # noqa: SLF001 - these have other names


def test_no_text_is_taken_for_an_order_to_the_formatter() -> None:
    assert manual._safe(".sp \\fB 'x'") == r"\&.sp \efB \(aqx\(aq"  # noqa: SLF001 - the one place for it
    orders = {line.split()[0] for line in manual.page().splitlines() if line.startswith(".")}
    assert orders == {
        ".TH",
        ".SH",
        ".SS",
        ".TP",
        ".PP",
        ".IP",
        ".B",
        ".BR",
        ".RS",
        ".RE",
        ".nf",
        ".fi",
        ".in",
        ".nh",
        ".ad",
        '.\\"',
    }
    assert manual.page().isascii()


def test_the_page_and_the_completions_are_installed_where_programs_look_for_them() -> None:
    shared = tomli.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "shared-data"
    ]
    assert set(shared.values()) == {
        "share/man/man1/datacats.1",
        "share/bash-completion/completions/datacats",
        "share/fish/vendor_completions.d/datacats.fish",
        "share/zsh/site-functions/_datacats",
    }
    assert [name for name in shared if not (ROOT / name).is_file()] == []
