"""``datacats help TOPIC``: texts that are short, and true of the code that they are about."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from datacats import errors
from datacats.cli.commands import COMMANDS
from datacats.cli.topics import TOPICS, contents
from datacats.cli.topics.variables import VARIABLES
from datacats.model.settings import KEYS
from datacats.model.settings import VARIABLES as OWN
from datacats.services import ini
from datacats.store import subnets
from tests.support.desk import HOME, WORK, Desk
from tests.unit.test_architecture import SOURCE
from tests.unit.test_hints import trouble


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_is_short_enough_for_one_screen(name: str) -> None:
    lines = TOPICS[name].text().splitlines()
    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 78 or line != line.rstrip()] == []


@pytest.mark.parametrize("name", TOPICS)
def test_what_a_topic_tells_to_type_is_there(name: str) -> None:
    typed = re.findall(r"^    datacats (.+?)(?:   .*| [|>&].*)?$", TOPICS[name].text(), re.MULTILINE)
    quoted = re.findall(r'"datacats ([^"]+)"', TOPICS[name].text())
    found = [words.replace(",", " ").replace(" - ", " ").removesuffix(" -").split() for words in [*typed, *quoted]]
    assert [(words, trouble(tuple(words))) for words in found if trouble(tuple(words))] == []


def test_topics_lists_all_of_them(desk: Desk) -> None:
    assert desk.done("help", "topics").out == f"{contents()}\n"
    assert re.findall(r"^  (\S+)  +(.+)$", contents(), re.MULTILINE) == [
        (name, each.title) for name, each in TOPICS.items()
    ]


@pytest.mark.parametrize("name", [name for name in TOPICS if name not in COMMANDS])
def test_a_topic_is_shown_by_its_name(desk: Desk, name: str) -> None:
    assert desk.done("help", name).out == f"{TOPICS[name].title}\n\n{TOPICS[name].text()}"
    assert desk.done("help", name, "--json").result["about"] == [name]


def test_a_command_wins_over_a_topic_of_its_name_and_says_where_that_is(desk: Desk) -> None:
    assert "files" in COMMANDS
    assert "files" in TOPICS
    shown = desk.done("help", "files")
    assert shown.out.startswith("Usage: datacats files")
    assert shown.lines[-1] == "The topic of that name: datacats help topics files"
    assert desk.done("help", "topics", "files").lines[0] == TOPICS["files"].title


@pytest.mark.parametrize(
    "words", [["create", "more"], ["db", "dump", "more"], ["topics", "files", "more"], ["no topic"]]
)
def test_words_that_nothing_is_called_are_a_mistake(desk: Desk, words: list[str]) -> None:
    assert desk("help", *words).status == 2


def tree(kind: type[errors.DatacatsError]) -> Iterator[type[errors.DatacatsError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from tree(each)


def test_every_error_stands_in_the_table_of_exit_codes_with_its_own_words() -> None:
    table = re.findall(r"^ +(\d+)  (\w+) +(.+)$", TOPICS["exit-codes"].text(), re.MULTILINE)
    rows = {kind: (int(code), meaning) for code, kind, meaning in table}
    ours = [each for each in tree(errors.DatacatsError) if each.__module__ == errors.__name__]
    assert set(rows) == {each.__name__ for each in ours}
    for each in ours:
        code, meaning = rows[each.__name__]
        assert code == each.exit_code
        assert inspect.getdoc(each).startswith(meaning.rstrip("."))  # type: ignore[union-attr]
    assert all(int(one[0]) <= int(other[0]) for one, other in pairwise(table))


ROOMS = ("store", "engine", "workflows", "cli", "__main__.py", "__init__.py")
"""Who is handed the process variables."""

NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|https?_proxy|no_proxy")
NO_VARIABLES = {
    "SESSION_COOKIE_DOMAIN": "a key of ckan.ini",
    "NAME_OR_DIR": "stands for a word in a help",
    "OTHER_SITE": "stands for a word in a help",
    "PATH_OR_KEYWORD": "stands for a word in a help",
    "PG_VERSION": "a file",
    "COMP_WORDS": "set by the completion script alone",
}


def literals(path: Path) -> Iterator[str]:
    """The names in a file that may be variables': texts that look so, those in a regular expression taken apart."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if NAME.fullmatch(node.value):
                yield node.value
            for prefix, rest in re.findall(r"((?:PIP|UV)_)\((.+?)\)", node.value):
                yield from (f"{prefix}{each}" for each in rest.split("|"))


def test_every_variable_that_the_code_reads_stands_in_the_table_and_no_other() -> None:
    files = [
        path for room in ROOMS for path in ([SOURCE / room] if room.endswith(".py") else (SOURCE / room).rglob("*.py"))
    ]
    read = {name for path in files if path.parent.name != "topics" for name in literals(path)} - set(NO_VARIABLES)
    told = TOPICS["variables"].text()
    assert set(OWN) <= set(VARIABLES)
    assert [name for name in sorted(read) if not re.search(rf"\b{name}\b", told)] == []
    texts = "".join(
        path.read_text()
        for path in [*files, *(SOURCE.parents[1] / "script").iterdir()]
        if path.is_file() and path.parent.name != "topics"
    )
    elsewhere = {"COLUMNS", "BROWSER"}  # click and webbrowser read them
    assert [name for name in VARIABLES if name not in texts and name not in elsewhere] == []


def test_the_files_that_are_told_of_are_those_of_a_site(catstown: Desk) -> None:
    text = TOPICS["files"].text()
    catstown.done("install", "-e", "catstown")
    assert [name for name in catstown.disk.names(HOME) if name not in text and name != "catstown"] == []
    for name in catstown.disk.names(HOME / "catstown" / "sites" / "primary"):
        assert name in text or name == "lock"
    for name in catstown.disk.names(HOME / "catstown"):
        assert name in text or name in {"lock", "layer.json"}
    for name in catstown.disk.names(WORK / "catstown"):
        assert name.partition("-")[0] in text or name.startswith(".")


def test_the_keys_that_are_told_of_are_those_that_there_are() -> None:
    keys = set(re.findall(r"^    \[?(\w+)[\] ]", TOPICS["datacats.toml"].text(), re.MULTILINE))
    assert keys >= set(KEYS)
    owned = TOPICS["ckan.ini"].text()
    assert [key for key in ini.OWNED if key not in owned] == []
    assert str(subnets.range_of({})) in TOPICS["networks"].text()
    assert str(subnets.range_of({})) in TOPICS["variables"].text()
