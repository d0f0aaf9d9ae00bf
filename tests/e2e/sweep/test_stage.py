"""What is put back before a point is what was saved, whatever the point before has done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.sweep.stage import put

SAVED = {"root.json": "uuid", "_templates/aa/postgres/PG_VERSION": "15", "town/sites/primary/site.json": "{}"}
TEMPLATE = "_templates/aa/postgres/PG_VERSION"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def read(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    made = write(tmp_path / "saved", SAVED)
    (made / "_templates").chmod(0o700)
    return made


@pytest.mark.parametrize(
    "old",
    [
        {},
        {"root.json": "another", "_templates/bb.making/lock": "", "town/sites/primary/late": ""},
        SAVED | {"_templates/bb/postgres/PG_VERSION": "15", "work": "left"},
    ],
)
def test_nothing_of_the_point_before_is_left(saved: Path, tmp_path: Path, old: dict[str, str]) -> None:
    write(tmp_path / "old", {"anything": ""} | old)
    put(saved, tmp_path / "home", tmp_path / "old")
    assert read(tmp_path / "home") == read(saved) == SAVED
    assert (tmp_path / "home" / "_templates").stat().st_mode == (saved / "_templates").stat().st_mode


def test_a_template_that_is_there_is_moved_not_copied(saved: Path, tmp_path: Path) -> None:
    there = write(tmp_path / "old", SAVED) / TEMPLATE
    same = there.stat().st_ino
    put(saved, tmp_path / "home", tmp_path / "old")
    assert (tmp_path / "home" / TEMPLATE).stat().st_ino == same


def test_after_a_difference_the_template_is_a_copy_too(saved: Path, tmp_path: Path) -> None:
    put(saved, tmp_path / "home", None)
    assert read(tmp_path / "home") == SAVED
    assert (tmp_path / "home" / TEMPLATE).stat().st_ino != (saved / TEMPLATE).stat().st_ino
