"""Which changes need a command, and which command."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.recipes.images.web.development.notes import Notes

PYPROJECT = """\
[project]
name = "ckanext-cats"
version = "1.0"
dependencies = ["shapely"]
[project.entry-points."ckan.plugins"]
cats = "ckanext.cats.plugin:CatsPlugin"
"""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    path = tmp_path / "ckanext-cats" / "pyproject.toml"
    path.parent.mkdir()
    path.write_text(PYPROJECT)
    return path


@pytest.fixture
def notes(tmp_path: Path, asked: Path) -> Notes:
    return Notes(str(tmp_path), [str(asked)])


def after(notes: Notes, path: Path, text: str) -> str:
    path.write_text(text)
    notes.look([str(path)])
    return str(notes)


@pytest.mark.parametrize(("old", "new"), [("shapely", "shapely>=2"), ("cats =", "dogs ="), ('name = "', 'name = "x')])
def test_what_an_extension_asks_for_is_installed_by_install(notes: Notes, asked: Path, old: str, new: str) -> None:
    assert after(notes, asked, PYPROJECT.replace(old, new)) == (
        "ckanext-cats/pyproject.toml changed: run datacats install"
    )


@pytest.mark.parametrize("text", [PYPROJECT.replace("1.0", "1.1"), f"{PYPROJECT}[tool.ruff]\nline-length = 100\n"])
def test_what_concerns_only_other_tools_needs_nothing(notes: Notes, asked: Path, text: str) -> None:
    assert after(notes, asked, text) == ""


def test_a_change_that_is_taken_back_needs_nothing_any_more(notes: Notes, asked: Path) -> None:
    assert after(notes, asked, PYPROJECT.replace("shapely", "rdflib"))
    assert after(notes, asked, PYPROJECT) == ""


@pytest.mark.parametrize("text", ["[project\n", 'project = "no table"\n'])
def test_a_half_written_file_is_a_change(notes: Notes, asked: Path, text: str) -> None:
    assert "datacats install" in after(notes, asked, text)


def test_a_file_that_comes_and_goes_again_needs_nothing(notes: Notes, tmp_path: Path) -> None:
    path = tmp_path / "setup.py"
    assert after(notes, path, "from setuptools import setup\n") == "setup.py changed: run datacats install"
    path.unlink()
    notes.look([str(path)])
    assert str(notes) == ""


def test_the_environments_own_files_count_at_the_top_of_the_source_alone(notes: Notes, tmp_path: Path) -> None:
    assert after(notes, tmp_path / "ckanext-cats" / "datacats.toml", "version = 1\n") == ""
    assert after(notes, tmp_path / "datacats.toml", "version = 1\n") == "datacats.toml changed: run datacats reload"
    assert after(notes, tmp_path / "datacats.lock", "") == (
        "datacats.lock changed: run datacats install; datacats.toml changed: run datacats reload"
    )


def test_what_is_no_part_of_the_project_needs_nothing(notes: Notes, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    assert after(notes, elsewhere / "setup.py", "") == ""
