"""The example in each help is run as it stands there, in a state in which a person would type it, and ends well."""

from __future__ import annotations

import json
import shlex
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.cli import test_sass, test_test
from tests.cli.test_help import LEAVES
from tests.support.declaring import PROGRAM, Declaring
from tests.support.desk import WORK, Desk
from tests.support.index import Index

BEFORE: Mapping[str, str] = {
    "db load": "db dump catstown.dump",
    "files import": "files export uploads.tar",
    "images load": "images save ckan-2.12.tar",
    "uninstall": "install ckanext-scheming",
    "config unset": "config set ckan.site_title Cats",
    "unlink": "link catstown -e harvester",
}
"""What was typed earlier: an example goes on with what another one made."""

_MAIL = {**dict.fromkeys(("date", "sender", "recipients", "subject", "text"), "Cats"), "number": 1, "attachments": []}
_PAGE = {
    **dict.fromkeys(("time", "method", "path"), "12:01"),
    **dict.fromkeys(("number", "status", "seconds", "sql_seconds", "count"), 1),
    "statements": [],
    "functions": [],
}
ANSWERS: Mapping[str, object] = {"catch_mail.py": _MAIL, "pages.py": _PAGE, "q=title%3Acats": {"response": {}}}
"""What programs inside a container print that are asked for a document: some words of theirs -> it."""


def usual(desk: Desk) -> None:
    """Two environments run, the index has an extension, and somebody stands in a source directory."""
    desk.create("catstown")
    desk.create("harvester", "--bare")
    desk.cwd = WORK / "catstown"
    desk.disk.add(desk.cwd / "ckanext-cats" / "assets" / "theme.scss", b"")
    index = Index(desk)
    index.add("ckanext-scheming", "3.1.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    compiler, ckan = test_sass.Compiler(desk), Declaring(desk)

    def program(call: Call) -> Outcome:
        text = " ".join(call.command)
        if "compile_sass" in text:
            return compiler(call)
        if call.command[-1:] == (PROGRAM,):
            return ckan(call)
        answer = next((each for words, each in ANSWERS.items() if words in text), None)
        return index.program(call) if answer is None else Outcome(0, json.dumps(answer).encode())

    desk.engine.world.program = program


def nothing_yet(desk: Desk) -> None:
    """No environment is there, but a clone of a source directory."""
    desk.add_source(WORK / "catstown", "catstown")


def extension(desk: Desk) -> None:
    """Somebody stands above an extension's repository."""
    test_test.prepared(desk)
    desk.cwd = WORK


def terminal(desk: Desk) -> None:
    """There is somebody to ask."""
    usual(desk)
    desk.terminal = True


STATES: Mapping[str, Callable[[Desk], object]] = {
    "create": lambda _desk: None,
    "init": nothing_yet,
    "test": extension,
    "purge": terminal,
}


def example(desk: Desk, name: str) -> list[list[str]]:
    """The commands of datacats in a help's example; others stand beside them."""
    text = desk.done(*name.split(), "--help").out.partition("Example:")[2]
    parts = " ".join(text.split()).split(" && ")
    return [words[1:] for words in map(shlex.split, parts) if words[0] == "datacats"]


@pytest.mark.parametrize("name", LEAVES)
def test_the_example_of_a_command_runs(desk: Desk, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(webbrowser, "open", lambda _url: True)
    STATES.get(name, usual)(desk)
    desk(*BEFORE.get(name, "list").split())
    commands = example(desk, name)
    assert commands[-1][: len(name.split())] == name.split()
    for words in commands:
        desk.done(*words, stdin=b"y\n")
