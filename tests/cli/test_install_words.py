"""What the words after ``install`` and ``uninstall`` may be: names, directories, and what is none of these."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.store import ckan_ini
from tests.support.desk import WORK, Desk
from tests.support.index import Index

SOURCE = WORK / "catstown"
SETUP = b"from setuptools import setup; setup()"
PROJECT = """\
[project]
name = "{name}"
version = "0.1"
[project.entry-points."ckan.plugins"]
{plugin} = "ckanext.{plugin}.plugin:Plugin"
"""


@pytest.fixture
def index(desk: Desk) -> Index:
    """An index, and a running site whose source has two extensions in directories of other names."""
    desk.create("catstown", "--bare")
    index = Index(desk, built={"loader": "ckanext-load"})
    index.add("ckanext-mytheme", "9.0", mytheme="a:B")
    index.add("ckanext-scheming", "3.1.0", scheming_datasets="a:B")
    add(desk, SOURCE / "mytheme", "ckanext-mytheme", "mytheme")
    desk.disk.add(SOURCE / "loader" / "setup.py", SETUP)
    desk.engine.world.program = index.program
    return index


def add(desk: Desk, directory: Path, name: str, plugin: str) -> None:
    desk.disk.add(directory / "pyproject.toml", PROJECT.format(name=name, plugin=plugin).encode())


def text(desk: Desk, name: str) -> str:
    return desk.disk.read(SOURCE / name).decode()


def plugins(desk: Desk) -> tuple[str, ...]:
    return ckan_ini.plugins(desk.disk.read(SOURCE / "ckan.ini"))


@pytest.mark.parametrize(
    ("word", "plugin"),
    [
        ("mytheme", "mytheme"),
        ("ckanext-mytheme", "mytheme"),
        ("CKANext_MyTheme", "mytheme"),
        ("./mytheme/", "mytheme"),
        (str(SOURCE / "mytheme"), "mytheme"),
        ("loader", "load"),
        ("ckanext-load", "load"),
    ],
)
def test_a_package_of_the_source_goes_and_comes_by_its_name_and_by_its_directory(
    index: Index, word: str, plugin: str
) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    desk.cwd = SOURCE
    before, toml = plugins(desk), text(desk, "datacats.toml")
    assert plugin in before
    planned = desk.done("uninstall", word, "--dry-run")
    assert "then disable what goes in ckan.ini" in planned.lines
    desk.done("uninstall", word)
    assert set(plugins(desk)) == {*before} - {plugin}
    desk.done("install")
    assert plugin not in plugins(desk)
    ran = desk.done("install", word)
    assert f"Enabled in ckan.ini: {plugin}" in ran.lines
    assert set(plugins(desk)) == {*before}
    assert text(desk, "datacats.toml") == toml


@pytest.mark.parametrize("word", ["ckanext-mytheme", "ckanext-load", "mytheme", "./catstown/loader"])
def test_a_package_that_lies_in_the_source_is_never_taken_from_the_index(index: Index, word: str) -> None:
    desk = index.desk
    before = text(desk, "datacats.toml")
    desk.done("install", "-e", "catstown", word)
    assert "ckanext-mytheme==" not in text(desk, "datacats.lock")
    assert text(desk, "datacats.toml") == before
    assert {"mytheme", "load"} <= set(plugins(desk))
    assert desk.done("install", "-e", "catstown").lines == ["Nothing to do."]


def test_one_that_was_asked_for_of_the_index_stays_so_when_it_is_cloned_beside_and_is_read_from_there(
    index: Index,
) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown", "ckanext-scheming==3.1.0")
    add(desk, SOURCE / "scheming", "ckanext-scheming", "scheming_datasets")
    desk.done("install", "-e", "catstown")
    assert "ckanext-scheming==" not in text(desk, "datacats.lock")
    assert 'extensions = ["ckanext-scheming==3.1.0"]' in text(desk, "datacats.toml")
    assert "scheming_datasets" in plugins(desk)
    desk.disk.remove_tree(SOURCE / "scheming")
    desk.done("install", "-e", "catstown")
    assert "ckanext-scheming==3.1.0" in text(desk, "datacats.lock")


@pytest.mark.parametrize("more", [[], ["--no-enable"], ["--dry-run"]])
def test_two_extensions_with_one_plugin_are_refused_and_nothing_changes(index: Index, more: list[str]) -> None:
    desk = index.desk
    add(desk, SOURCE / "twin", "ckanext-twin", "mytheme")
    before = text(desk, "ckan.ini")
    ran = desk("install", "-e", "catstown", *more)
    assert ran.status == 5
    assert ran.err.splitlines()[-2] == (
        "Error: ckanext-mytheme and ckanext-twin both have a plugin mytheme: CKAN would load only one of them."
    )
    assert (text(desk, "ckan.ini"), desk.disk.entry(SOURCE / "datacats.lock")) == (before, None)


def test_an_extension_of_the_index_with_a_plugin_that_is_there_already_is_refused(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    index.add("ckanext-twin", "1.0", mytheme="a:B")
    before = text(desk, "datacats.lock")
    ran = desk("install", "-e", "catstown", "ckanext-twin")
    assert (ran.status, "ckanext-mytheme and ckanext-twin both have a plugin mytheme" in ran.err) == (5, True)
    assert text(desk, "datacats.lock") == before


@pytest.mark.parametrize("word", ["ckanext-mytheme==9.0", "ckanext-mytheme @ git+https://example.org/x"])
def test_another_release_of_what_lies_in_the_source_is_refused(index: Index, word: str) -> None:
    ran = index.desk("install", "-e", "catstown", word)
    assert (ran.status, index.ran) == (5, [])
    assert "ckanext-mytheme lies in the source directory (./mytheme)" in ran.err


@pytest.mark.parametrize("word", ["mytheme", "ckanext-mytheme"])
def test_what_was_removed_by_hand_can_be_uninstalled_and_not_installed(index: Index, word: str) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    desk.disk.remove_tree(SOURCE / "mytheme")
    desk.done("uninstall", "-e", "catstown", word)
    assert "mytheme" not in plugins(desk)
    assert "mytheme" not in text(desk, "datacats.lock")
    assert desk("uninstall", "-e", "catstown", word).status == 4


@pytest.mark.parametrize("directory", ["mytheme", "loader"])
def test_an_extension_whose_directory_is_gone_is_told_of_with_what_mends_it(index: Index, directory: str) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    assert "gone" not in desk.done("extensions", "catstown").out + desk.done("start", "catstown").err
    desk.disk.move(SOURCE / directory, SOURCE / "renamed")
    warning = f"Warning: ./{directory} is gone. Install what is there: datacats install -e catstown"
    assert warning in desk.done("extensions", "catstown").lines
    for words in (("start", "catstown"), ("reload", "catstown")):
        assert f"./{directory} is gone from the source directory." in desk.done(*words).err
    index.built["renamed"] = "ckanext-load"
    desk.done("install", "-e", "catstown")
    assert "gone" not in desk.done("extensions", "catstown").out + desk.done("start", "catstown").err


def test_a_ckan_that_does_not_start_without_a_directory_that_is_gone_is_told_so(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    desk.done("stop", "catstown")
    desk.disk.remove_tree(SOURCE / "mytheme")
    index.broken = "ModuleNotFoundError: No module named 'ckanext.mytheme'\n"
    ran = desk("start", "catstown")
    assert "CKAN 2.12.0 does not start: ./mytheme is gone from the source directory." in ran.err
    assert ran.err.splitlines()[-1].endswith("install what is there: datacats install -e catstown")


def test_what_is_not_installed_is_told_with_the_names_of_what_is(index: Index) -> None:
    desk = index.desk
    desk.done("install", "-e", "catstown")
    ran = desk("uninstall", "-e", "catstown", "ckanext-nothing")
    assert (ran.status, "(there is: ckanext-load, ckanext-mytheme)" in ran.err) == (4, True)


@pytest.mark.parametrize(
    ("word", "status", "said", "instead"),
    [
        (
            "../outside",
            2,
            f"{WORK / 'outside'} is no directory directly below",
            f"Move or clone it to {SOURCE}/outside",
        ),
        ("../outside/", 2, "is no directory directly below", "datacats install"),
        (f"file://{WORK}/outside", 2, "is no directory directly below", "datacats install"),
        (f"x @ file://{WORK}/outside", 2, "is no directory directly below", "datacats install"),
        (f"git+file://{WORK}/outside@v1", 2, "is no directory directly below", "datacats install"),
        (f"x @ git+file://{WORK}/bare.git#egg=x", 2, "is no directory directly below", f"{SOURCE}/bare, then"),
        (f"git+file://{WORK}/nowhere", 4, f"There is no {WORK}/nowhere", "Name a package"),
        ("deep/inside", 2, "is no directory directly below", f"{SOURCE}/inside"),
        ("linked", 2, "is no directory directly below", "datacats install"),
        ("docs", 2, "docs is no package: it has no pyproject.toml and no setup.py", "Name a package"),
        ("ckan.ini", 2, "ckan.ini is no package: it is a file", "Name a package"),
        (".", 2, "catstown is no package", "Name a package"),
        ("./nowhere", 4, "There is no /home/me/work/catstown/nowhere", "Name a package"),
        ("../nowhere/x.whl", 4, "There is no", "Name a package"),
    ],
)
def test_a_place_that_cannot_be_installed_is_refused_with_what_to_do(
    index: Index, word: str, status: int, said: str, instead: str
) -> None:
    desk = index.desk
    desk.cwd = SOURCE
    for directory in (WORK / "outside", SOURCE / "deep" / "inside"):
        add(desk, directory, "ckanext-x", "x")
    desk.disk.add(SOURCE / "docs" / "index.md", b"")
    desk.disk.add(WORK / "bare.git" / "HEAD", b"")
    desk.disk.tree.link(SOURCE / "linked", str(WORK / "outside"))
    before = text(desk, "datacats.toml")
    for more in ([], ["--dry-run"]):
        ran = desk("install", word, *more)
        assert (ran.status, said in ran.err, instead in ran.err) == (status, True, True), ran.err
    assert (index.ran, text(desk, "datacats.toml")) == ([], before)


def test_two_addresses_that_no_lock_names_yet_are_both_kept(index: Index) -> None:
    """As in a clone without its lock."""
    desk = index.desk
    asked = 'extensions = ["git+https://example.org/a", "git+https://example.org/b"]'
    desk.disk.add(SOURCE / "datacats.toml", text(desk, "datacats.toml").replace("extensions = []", asked).encode())
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert index.asked[-1]["asked"] == ["git+https://example.org/a", "git+https://example.org/b", "ckanext-scheming"]


def test_upgrade_by_directory_asks_no_index_for_it(index: Index) -> None:
    desk = index.desk
    desk.cwd = SOURCE
    desk.done("install", "ckanext-scheming")
    desk.done("install", "--upgrade", "./mytheme", "ckanext-scheming>=3")
    assert index.asked[-1]["upgrade"] == ["ckanext-scheming"]


@pytest.fixture
def repository(index: Index) -> Index:
    """An extension's own repository as source directory, with another extension in it."""
    add(index.desk, SOURCE, "ckanext-whole", "whole")
    index.desk.cwd = SOURCE
    return index


@pytest.mark.parametrize("word", [".", "ckanext-whole"])
def test_a_source_directory_that_is_an_extension_is_installed_and_read_where_it_lies(
    repository: Index, word: str
) -> None:
    desk = repository.desk
    desk.done("install")
    assert {"whole", "mytheme", "load"} <= set(plugins(desk))
    mounts = desk.engine.world.container("datacats_web_catstown").spec.mounts
    layer = next(Path(mount.source) for mount in mounts if mount.target == "/usr/lib/extensions")
    assert desk.disk.read(layer / "__editable__.ckanext_whole.pth") == b"/project\n"
    assert desk.done("install").lines == ["Nothing to do."]
    assert "ckanext-whole 0.1  ./  whole" in desk.done("extensions").lines
    desk.done("uninstall", word)
    assert "whole" not in plugins(desk)
    desk.done("install", word)
    assert "whole" in plugins(desk)
    assert "Install it" not in desk.done("start").err


def test_the_code_of_a_source_directory_that_is_an_extension_is_named_when_ckan_ends_in_it(repository: Index) -> None:
    repository.broken = '  File "/project/ckanext/whole/plugin.py", line 1, in x\nKeyError: 1\n'
    ran = repository.desk("install")
    assert "does not start with ckanext-whole: KeyError: 1" in ran.err
