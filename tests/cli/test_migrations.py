"""The tables of the source directory's own extensions: a new migration is run by whatever brings a site up."""

from __future__ import annotations

import pytest

from tests.cli.test_install import SOURCE, index, own
from tests.support.index import Index

__all__ = ["index"]

VERSIONS = SOURCE / "ckanext-whiskers" / "ckanext" / "whiskers" / "migration" / "whiskers" / "versions"


def migrated(index: Index) -> int:
    """How often tables were migrated since this was asked last."""
    found = len([command for command in index.ran if "migrate.py" in command])
    index.ran.clear()
    return found


@pytest.fixture
def whiskers(index: Index) -> Index:
    """An extension with one migration, which has been run."""
    own(index.desk)
    index.desk.disk.add(VERSIONS / "0001_tails.py", b"revision = '1'")
    index.desk.done("install", "-e", "catstown")
    assert migrated(index) == 1
    return index


@pytest.mark.parametrize("words", [("start", "catstown"), ("reload", "catstown"), ("install", "-e", "catstown")])
@pytest.mark.parametrize("name", ["0001_tails.py", "0002_paws.py"])
def test_a_new_or_another_migration_of_an_own_extension_is_run_once(
    whiskers: Index, words: tuple[str, ...], name: str
) -> None:
    desk = whiskers.desk
    desk.done(*words)
    assert migrated(whiskers) == 0
    desk.disk.add(VERSIONS / name, b"revision = '2'")
    desk.done(*words)
    assert migrated(whiskers) == 1
    desk.done(*words)
    assert migrated(whiskers) == 0


def test_code_that_is_no_migration_changes_no_table(whiskers: Index) -> None:
    whiskers.desk.disk.add(VERSIONS.parent.parent.parent / "plugin.py", b"import ckan")
    whiskers.desk.disk.add(VERSIONS.parent / "env.py", b"import alembic")
    whiskers.desk.done("reload", "catstown")
    assert migrated(whiskers) == 0
