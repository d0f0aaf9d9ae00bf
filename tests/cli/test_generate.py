"""``datacats generate extension``: what it makes, where, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk import WORK, Desk

SOURCE = WORK / "catstown"
THING = SOURCE / "ckanext-my-thing"


def below(desk: Desk, directory: Path) -> set[str]:
    """The paths of all files below a directory."""
    found: set[str] = set()
    for name in desk.disk.names(directory):
        path = directory / name
        entry = desk.disk.entry(path)
        assert entry is not None
        found |= {f"{name}/{each}" for each in below(desk, path)} if entry.kind == "directory" else {name}
    return found


def test_an_extension_is_made_in_the_source_directory_and_the_next_command_is_told(catstown: Desk) -> None:
    ran = catstown.done("generate", "extension", "my-thing", "-e", "catstown")
    assert ran.lines == [
        f"Made {THING}, with the plugin my_thing.",
        "Have CKAN use it: datacats install -e catstown",
    ]
    assert {"pyproject.toml", "test.ini", "ckanext/my_thing/plugin.py"} <= below(catstown, THING)


def test_inside_the_source_directory_no_environment_need_be_named(catstown: Desk) -> None:
    catstown.cwd = SOURCE
    ran = catstown.done("generate", "extension", "ckanext-my_thing")
    assert ran.lines[1] == "Have CKAN use it: datacats install"
    assert below(catstown, THING)


def test_a_theme_is_made_by_its_own_option(catstown: Desk) -> None:
    catstown.done("generate", "extension", "night", "--theme", "-e", "catstown")
    made = below(catstown, SOURCE / "ckanext-nighttheme")
    assert "ckanext/nighttheme/templates/home/index.html" in made


def test_the_result_as_json_names_the_plugin_and_every_file(catstown: Desk) -> None:
    ran = catstown.done("generate", "extension", "my-thing", "-e", "catstown", "--json")
    assert ran.err == ""
    assert ran.document["command"] == "generate extension"
    assert ran.result["plugin"] == "my_thing"
    assert ran.result["directory"] == str(THING)
    assert set(ran.result["files"]) == below(catstown, THING)


def test_quiet_says_nothing(catstown: Desk) -> None:
    ran = catstown.done("generate", "extension", "my-thing", "-e", "catstown", "-q")
    assert (ran.out, ran.err) == ("", "")


def test_a_dry_run_names_each_file_and_writes_none(catstown: Desk) -> None:
    ran = catstown.done("generate", "extension", "my-thing", "-e", "catstown", "--dry-run")
    assert ran.lines[-1].endswith(f"place file {THING}/pyproject.toml (a new extension)")
    assert catstown.changes() == []


def test_no_container_is_touched(catstown: Desk) -> None:
    catstown.done("generate", "extension", "my-thing", "-e", "catstown")
    assert catstown.engine.mutations == []


def test_an_extension_that_is_there_is_left_as_it_is(catstown: Desk) -> None:
    catstown.done("generate", "extension", "my-thing", "-e", "catstown")
    catstown.disk.add(THING / "README.md", b"mine")
    catstown.forget()
    ran = catstown("generate", "extension", "my-thing", "-e", "catstown")
    assert ran.status == 5
    assert f"{THING} is there already" in ran.err
    assert catstown.changes() == []


@pytest.mark.parametrize("path", ["notes.txt", "README.md", "ckanext/my_thing/plugin.py"])
def test_a_directory_with_something_of_the_users_is_left_as_it_is(catstown: Desk, path: str) -> None:
    catstown.disk.add(THING / path, b"mine")
    assert catstown("generate", "extension", "my-thing", "-e", "catstown").status == 5
    assert below(catstown, THING) == {path}


def test_a_file_in_place_of_the_directory_is_left_as_it_is(catstown: Desk) -> None:
    catstown.disk.add(THING, b"mine")
    assert catstown("generate", "extension", "my-thing", "-e", "catstown").status == 5
    assert catstown.disk.read(THING) == b"mine"


def test_what_an_interrupted_run_left_is_completed(catstown: Desk) -> None:
    catstown.done("generate", "extension", "my-thing", "-e", "catstown")
    whole = below(catstown, THING)
    for path in ("pyproject.toml", "test.ini", "ckanext/my_thing/plugin.py"):
        catstown.disk.remove_tree(THING / path)
    catstown.done("generate", "extension", "my-thing", "-e", "catstown")
    assert below(catstown, THING) == whole


def test_a_package_of_that_name_in_another_directory_is_named(catstown: Desk) -> None:
    catstown.disk.add(SOURCE / "old-thing" / "ckanext" / "my_thing" / "__init__.py", b"")
    ran = catstown("generate", "extension", "my-thing", "-e", "catstown")
    assert ran.status == 5
    assert "old-thing/ckanext/my_thing is there already" in ran.err
    assert catstown.disk.entry(THING) is None


def test_a_name_that_ckan_has_is_refused_before_an_environment_is_looked_for(desk: Desk) -> None:
    ran = desk("generate", "extension", "stats")
    assert ran.status == 2
    assert ran.err.splitlines()[1] == "Next: Choose another name, for example my-stats."


def test_outside_every_environment_the_user_is_told_how_to_name_one(desk: Desk) -> None:
    assert desk("generate", "extension", "my-thing").status == 4
