"""What a person reads before anything is done: help, version, and the words of a mistake."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from datacats.cli.commands import COMMANDS, GROUPS, PASS_THROUGH
from datacats.cli.main import LazyGroup, root
from datacats.cli.passthrough import PassThrough
from datacats.cli.topics import TOPICS
from datacats.version import VERSION
from tests.support.desk import Desk

HEAVY = ("docker", "requests", "urllib3", "rich", "tomlkit")
"""What takes long to import; only a command that works needs it."""

LOOK = """\
import sys
from datacats.__main__ import main
sys.argv = ["datacats", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print("MODULES", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def command(name: str) -> click.Command:
    assert isinstance(root, LazyGroup)
    found = root.get_command(click.Context(root), name)
    assert found is not None
    return found


def leaves() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, those of groups included."""
    for name in COMMANDS:
        found = command(name)
        if isinstance(found, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in found.commands.items())
        else:
            yield name, found


LEAVES = dict(leaves())


def imported(*words: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", LOOK, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.rpartition("MODULES")[2].split())


GROUPED = [name for name in COMMANDS if isinstance(command(name), click.Group)]


@pytest.mark.parametrize("name", GROUPED)
def test_a_group_tells_the_whole_of_what_its_commands_do(desk: Desk, name: str) -> None:
    out = " ".join(desk.done(name, "--help").out.split())
    assert "..." not in out.partition("Commands:")[2]
    group = command(name)
    assert isinstance(group, click.Group)
    for each in group.commands.values():
        assert " ".join((each.help or "").partition("\n\n")[0].split()).partition(". ")[0].rstrip(".") in out


@pytest.mark.parametrize("name", sorted(PASS_THROUGH - {"test"}))
def test_what_needs_no_word_does_not_ask_for_one(name: str) -> None:
    usage = command(name).get_usage(click.Context(command(name), info_name=name))
    alone = name in {"shell", "python", "psql", "redis-cli", "solr"}
    assert usage.endswith("[OPTIONS] [ARGUMENTS]..." if alone else "[OPTIONS] COMMAND [ARGUMENTS]...")


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_explains_itself_with_an_example_of_itself(desk: Desk, name: str) -> None:
    text = desk.done(*name.split(), "--help").out
    assert text.startswith(f"Usage: datacats {name}")
    example = next(line for line in text.splitlines() if line.strip().startswith("Example:"))
    assert f"datacats {name}" in example
    assert desk.changes() == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_commands_says_what_each_says_of_itself(name: str) -> None:
    first = inspect.cleandoc(command(name).help or "").split("\n\n")[0].replace("\n", " ")
    assert first == COMMANDS[name][1]


def test_the_commands_that_pass_words_through_are_the_ones_that_are_listed_so() -> None:
    assert {name for name, each in LEAVES.items() if isinstance(each, PassThrough)} == PASS_THROUGH


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_no_word_or_a_call_for_help_lists_the_commands(desk: Desk, words: list[str]) -> None:
    text = desk.done(*words).out
    shown = re.findall(r"^(\S.*):$|^  ([a-z-]+)  ", text, re.MULTILINE)
    told = [heading or name for heading, name in shown]
    expected = [each for heading, rows in GROUPS.items() for each in (heading, *rows)]
    assert told[told.index("Begin") :] == expected


def test_the_list_of_commands_says_where_to_begin_and_where_more_is_told(desk: Desk) -> None:
    text = " ".join(desk.done().out.split())
    assert "datacats create catstown" in text
    assert "datacats help COMMAND" in text
    assert "datacats help topics" in text


@pytest.mark.parametrize("words", [[], *(name.split() for name in LEAVES), *([name] for name in GROUPED)])
@pytest.mark.parametrize("columns", [80, 40])
def test_help_is_no_wider_than_the_terminal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = desk.done(*words, "--help").lines
    verbatim = ("    ", "  autoload", "  datacats completion")  # what is to be copied as it is
    assert [line for line in lines if len(line) > columns and not line.startswith(verbatim)] == []


def test_a_group_without_a_command_lists_its_commands(desk: Desk) -> None:
    assert "dump" in desk.done("db").out


@pytest.mark.parametrize("name", [*LEAVES, *(each for each in GROUPED if each not in TOPICS)])
def test_help_before_a_command_is_the_help_of_that_command(desk: Desk, name: str) -> None:
    words = name.split()
    assert desk.done("help", *words).out == desk.done(*words, "--help").out


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told(desk: Desk, flag: str) -> None:
    assert desk.done(flag).out == f"datacats {VERSION}\n"


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["--help"], ["create", "--help"], ["ckan", "--help"]])
def test_help_and_version_load_nothing_heavy(words: list[str]) -> None:
    assert imported(*words).isdisjoint(HEAVY)


def test_the_version_is_told_before_anything_is_loaded() -> None:
    assert "click" not in imported("--version")


def test_an_unknown_command_is_named_with_the_nearest_one(desk: Desk) -> None:
    ran = desk("strat")
    assert ran.status == 2
    assert ran.err.splitlines() == ["Error: There is no command 'strat'.", "Next: Did you mean: datacats start"]


def test_an_unknown_command_like_no_other_points_to_the_help(desk: Desk) -> None:
    assert desk("xyzzy").err.splitlines()[1] == "Next: See: datacats --help"
    assert desk("images", "xyzzy").err.splitlines()[1] == "Next: See: datacats images --help"


def test_an_unknown_option_points_to_the_help_of_its_command(desk: Desk) -> None:
    ran = desk("stop", "--remote")
    assert ran.status == 2
    assert "--remote" in ran.err
    assert ran.err.splitlines()[-1] == "Next: See: datacats stop --help"


def test_a_missing_argument_is_named(desk: Desk) -> None:
    ran = desk("create")
    assert ran.status == 2
    assert ran.err.startswith("Error: Missing argument 'NAME_OR_DIR'.")


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_that_has_a_result_can_print_it_as_json_and_be_quiet(name: str) -> None:
    if name in PASS_THROUGH:
        return
    options = {option for parameter in LEAVES[name].params for option in parameter.opts}
    assert {"--json", "--quiet", "-q"} <= options


READ_ONLY = {
    # they show what is there
    *("info", "list", "status", "logs", "extensions", "images list", "mail", "open", "service list"),
    *("config show", "config explain", "config validate", "help", "completion"),
    # they write a file that the caller names, which --force alone lets them overwrite
    *("db dump", "files export", "images save", "profile"),
}
"""The commands that change nothing of datacats. Of those that pass words through, the inner command decides."""


@pytest.mark.parametrize("name", [each for each in LEAVES if each not in READ_ONLY | PASS_THROUGH])
def test_every_command_that_changes_something_can_say_beforehand_what_it_would_do(name: str) -> None:
    assert "--dry-run" in {option for parameter in LEAVES[name].params for option in parameter.opts}


def test_every_command_that_is_said_to_change_nothing_is_there() -> None:
    assert set(LEAVES) > READ_ONLY
