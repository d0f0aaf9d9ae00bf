"""``test``: what is installed for the tests beside the extension, and how long that is kept."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.test_test import CATS, SOURCE, TESTS, add_extension, prepared
from tests.support.desk import WORK, Desk
from tests.support.pytest_inside import Pytest


@pytest.fixture
def inside(desk: Desk) -> Pytest:
    """An extension in a directory of its own, and an index with what its tests need."""
    return prepared(desk)


def layers_there(desk: Desk) -> list[str]:
    return [name for name in desk.disk.names(TESTS / "layers") if not name.startswith("described-")]


def need(desk: Desk, version: int) -> None:
    """Let the tests need another release."""
    content = desk.disk.read(CATS / "pyproject.toml")
    desk.disk.add(CATS / "pyproject.toml", re.sub(rb"purr>=[0-9]+", f"purr>={version}".encode(), content))


def test_what_the_tests_ask_for_and_cannot_have_is_told_when_it_is_resolved(inside: Pytest) -> None:
    desk = inside.desk
    desk.disk.add(CATS / "dev-requirements.txt", b"-e ../ckanext-dogs\n")
    assert "Left out of what is installed: dev-requirements.txt: -e ../ckanext-dogs" in desk.done("test").err
    assert "Left out" not in desk.done("test").err


def test_of_what_was_installed_for_tests_the_few_that_were_used_last_are_kept(inside: Pytest) -> None:
    desk = inside.desk
    for version in range(1, 8):
        need(desk, version)
        desk.done("test")
        if version == 1:
            first = inside.mounted("/usr/lib/extensions-test").name
        if version == 5:
            need(desk, 1)
            desk.done("test")
    assert len(layers_there(desk)) == 6
    assert first in layers_there(desk)
    need(desk, 2)
    desk.done("test")
    assert (len(layers_there(desk)), inside.mounted("/usr/lib/extensions-test").name in layers_there(desk)) == (6, True)


def test_what_another_run_uses_is_kept_whatever_was_used_since(inside: Pytest) -> None:
    desk = inside.desk
    desk.done("test")
    used = inside.mounted("/usr/lib/extensions-test").name
    run = TESTS / "sites" / "abc"
    desk.disk.add(run / "layer.json", json.dumps({"layout": 1, "layer": used}).encode())
    desk.disk.holders[desk.workspace().root.lock_path("test-abc")] = "datacats test"
    desk.disk.add(TESTS / "last-used.json", b"damaged")
    for version in range(2, 9):
        need(desk, version)
        desk.done("test")
    assert used in layers_there(desk)
    desk.disk.holders.clear()
    need(desk, 9)
    desk.done("test")
    assert used not in layers_there(desk)


@pytest.mark.parametrize(
    ("where", "words", "place"),
    [
        ("", [], "/project"),
        ("ckanext/cats", [], "/project"),
        ("ckanext-dogs", [], "/project/ckanext-dogs"),
        ("", ["ckanext-dogs", "-x"], "/project/ckanext-dogs"),
        ("..", ["-e", "catstown", ".", "--"], "/project"),
    ],
)
def test_a_source_directory_that_is_an_extension_is_tested_where_one_stands_in_no_other(
    inside: Pytest, where: str, words: list[str], place: str
) -> None:
    desk = inside.desk
    desk.cwd = WORK
    desk.create("catstown", "--bare")
    add_extension(desk, SOURCE, "cats")
    add_extension(desk, SOURCE / "ckanext-dogs", "dogs")
    desk.cwd = WORK / "catstown" / where if where != ".." else WORK
    desk.done("test", *words)
    assert inside.spec.working_dir == place
    assert {"__editable__.ckanext_cats.pth", "__editable__.ckanext_dogs.pth"} <= set(
        desk.disk.names(inside.mounted("/usr/lib/extensions-test"))
    )


def test_an_extension_whose_tests_need_another_of_the_source_has_that(inside: Pytest) -> None:
    desk = inside.desk
    desk.cwd = WORK
    desk.create("catstown", "--bare")
    add_extension(desk, SOURCE / "ckanext-cats", "cats")
    desk.disk.add(SOURCE / "ckanext-cats" / "dev-requirements.txt", b"ckanext-dogs\n")
    desk.disk.add(SOURCE / "dogs" / "setup.py", b"")
    inside.index.built = {"dogs": "ckanext-dogs"}
    inside.index.add("ckanext-dogs", "1.0")
    desk.cwd = SOURCE / "ckanext-cats"
    desk.done("test")
    there = desk.disk.names(inside.mounted("/usr/lib/extensions-test"))
    assert "__editable__.ckanext_dogs.pth" in there
    assert "ckanext_dogs-1.0.dist-info" not in there
    asked = len(inside.index.asked)
    desk.done("test")
    assert len(inside.index.asked) == asked
