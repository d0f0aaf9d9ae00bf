"""What ``install`` and ``uninstall`` say of extensions that are there and do not work, or are there still."""

from __future__ import annotations

import pytest

from tests.cli.test_install_words import SOURCE, add, index, plugins, text
from tests.support.desk import WORK
from tests.support.index import Index

__all__ = ["index"]

STAYS = (
    "ckanext-mytheme is disabled, and still there: it lies in the source directory (./mytheme)."
    " To be rid of it, move ./mytheme away, then: datacats install. To enable it again: datacats install ./mytheme"
)
MORE = '\nmore = "ckanext.mytheme.plugin:More"\n'


@pytest.mark.parametrize("enabled", [True, False])
def test_what_lies_in_the_source_directory_is_said_to_stay_when_it_is_uninstalled(
    index: Index, *, enabled: bool
) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", *([] if enabled else ["--no-enable"]))
    ran = desk.done("uninstall", "-e", "catstown", "ckanext-mytheme")
    assert STAYS in ran.lines
    assert ("Disabled in ckan.ini: mytheme" in ran.lines) == enabled
    desk.disk.remove_tree(SOURCE / "mytheme")
    assert "mytheme" not in desk.done("install", "-e", "catstown").out
    assert "mytheme" not in text(desk, "datacats.lock")


def test_a_plugin_that_came_later_is_told_with_the_command_that_enables_it_and_that_does(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    path = SOURCE / "mytheme" / "pyproject.toml"
    desk.disk.add(path, desk.disk.read(path) + MORE.encode())
    for _ in range(2):
        ran = desk.done("install", "-e", "catstown")
        assert "Not enabled: more. Enable it: datacats install ./mytheme" in ran.lines
    desk.cwd = SOURCE
    ran = desk.done("install", "./mytheme")
    assert "Not enabled" not in ran.out
    assert {"mytheme", "more"} <= set(plugins(desk))


def test_what_was_asked_not_to_be_enabled_is_not_told_and_of_a_release_its_name_is(index: Index) -> None:
    desk = index.desk
    assert "Not enabled" not in desk.done("install", "-e", "catstown", "ckanext-scheming", "--no-enable").out
    lines = desk.done("install", "-e", "catstown", "./catstown/loader").lines
    assert "Not enabled: scheming_datasets. Enable it: datacats install ckanext-scheming" in lines


def test_an_extension_that_is_only_a_link_is_told(index: Index) -> None:
    desk = index.desk
    add(desk, WORK / "outer", "ckanext-outer", "outer")
    desk.disk.add(WORK / "docs" / "index.md", b"")
    desk.disk.tree.link(SOURCE / "ckanext-outer", str(WORK / "outer"))
    desk.disk.tree.link(SOURCE / "docs", str(WORK / "docs"))
    ran = desk.done("install", "-e", "catstown")
    (warning,) = (line for line in ran.lines if line.startswith("Warning"))
    assert warning.startswith("Warning: ./ckanext-outer is left out: it is a link")
    assert "outer" not in plugins(desk)
