"""The help of all commands reads as if one person had written it."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict

import click
import pytest

from datacats.cli.commands import COMMANDS, GROUPS, SUCCESSORS
from datacats.cli.main import root
from tests.cli.test_help import GROUPED, LEAVES, command

ALL = {**LEAVES, **{name: command(name) for name in GROUPED}, "": root}

DIFFERENT = {"--all", "--force", "--site", "--upgrade"}
"""Options that mean something else from command to command, and so are told in other words."""


def options(name: str) -> list[click.Option]:
    return [each for each in ALL[name].params if isinstance(each, click.Option)]


def told(option: click.Option) -> tuple[str, str]:
    """What the help says of an option, and of what it is without it."""
    text, _, default = (option.help or "").partition("  [default: ")
    return text, default


@pytest.mark.parametrize("name", ALL)
def test_a_help_begins_with_a_sentence_that_tells_what_to_do(name: str) -> None:
    paragraphs = inspect.cleandoc(ALL[name].help or "").split("\n\n")
    assert re.fullmatch(r"[A-Z][a-z]+[ ,].+[^.]\.", paragraphs[0].replace("\n", " "))
    assert ". " not in paragraphs[0]
    assert not paragraphs[0].split()[0].endswith("s")  # an order: make, not makes
    for each in paragraphs[1:]:
        assert each[0].isupper() or each[0] in '-"\b' or each[0].isdigit()


@pytest.mark.parametrize("name", ALL)
def test_an_option_is_told_in_a_sentence_and_its_default_behind_it(name: str) -> None:
    for option in options(name):
        text, default = told(option)
        assert re.fullmatch(r"[A-Z].*[^.]\.", text), text
        assert "default" not in text.lower()
        assert "else " not in text
        assert default == "" or re.fullmatch(r"[^\]]+\]", default), option.help
        assert not (default and option.show_default)


@pytest.mark.parametrize("name", ALL)
def test_a_value_is_told_as_a_thing_and_a_flag_as_something_to_do(name: str) -> None:
    for option in options(name):
        begins = told(option)[0].split()[0]
        assert (begins in {"The", "How", "What", "Where", "Which"}) is not (option.is_flag or option.count), option.opts


@pytest.mark.parametrize("name", ALL)
def test_what_stands_for_a_value_is_in_capitals_and_says_what_it_is(name: str) -> None:
    context = click.Context(ALL[name])
    for each in ALL[name].params:
        if isinstance(each, click.Option) and (each.is_flag or each.count):
            continue
        shown = each.metavar or each.make_metavar(context)
        if isinstance(each.type, click.Choice) and not each.metavar:
            continue  # the words themselves, as they are typed
        assert shown == shown.upper(), shown
        assert not {"TEXT", "INTEGER", "PATH", "FILENAME"} & set(re.findall(r"\w+", shown))


def test_an_option_is_told_in_the_same_words_wherever_it_means_the_same() -> None:
    words: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in ALL:
        for option in options(name):
            words[option.opts[-1], option.metavar or ""].add(told(option)[0])
    assert {each: texts for each, texts in words.items() if len(texts) > 1 and each[0] not in DIFFERENT} == {}


def test_a_letter_stands_for_the_same_option_everywhere() -> None:
    letters: dict[str, set[str]] = defaultdict(set)
    for name in ALL:
        for option in options(name):
            for letter in (each for each in option.opts if not each.startswith("--")):
                letters[letter].add(option.opts[-1])
    assert {letter: each for letter, each in letters.items() if len(each) > 1} == {}


@pytest.mark.parametrize("name", LEAVES)
def test_the_example_is_the_last_line_and_one_line(name: str) -> None:
    text = LEAVES[name].get_help(click.Context(LEAVES[name], info_name=name))
    assert text.splitlines()[-1].startswith("  Example:  ")


@pytest.mark.parametrize("name", GROUPED)
def test_a_group_says_where_the_help_of_its_commands_is(name: str) -> None:
    assert ALL[name].epilog == f"More on one of them:  datacats help {name} COMMAND"


def test_the_headings_say_what_one_wants_to_do_and_hold_each_command_once() -> None:
    assert all(re.fullmatch(r"[A-Z][\w ]+", heading) for heading in GROUPS)
    assert sum(map(len, GROUPS.values())) == len(COMMANDS)
    assert set(SUCCESSORS).isdisjoint(COMMANDS)
