"""What CKAN answered last: believed only about the very same question."""

from __future__ import annotations

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.store import declared_file
from tests.unit.builders import ENVIRONMENT

PLACE = declared_file.path(ENVIRONMENT, "primary")
ANSWER = {"ckan": "2.12.0"}


@pytest.fixture
def disk() -> FakeDisk:
    made = FakeDisk()
    made.add(ENVIRONMENT.source / "ckanext-cats" / "plugin.py", b"1")
    return made


def read(disk: FakeDisk, key: str = "key") -> object:
    return declared_file.read(disk, ENVIRONMENT, "primary", key)


def test_an_answer_is_read_back_for_its_own_question_alone(disk: FakeDisk) -> None:
    assert read(disk) is None
    disk.add(PLACE, declared_file.content("key", ANSWER))
    assert read(disk) == ANSWER
    assert read(disk, "another") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"layout": 99}', b'{"layout": 1, "key": "key", "answer": 1}'])
def test_what_cannot_be_read_is_no_answer(disk: FakeDisk, content: bytes) -> None:
    disk.add(PLACE, content)
    assert read(disk) is None


def digest(disk: FakeDisk, *about: bytes) -> str:
    return declared_file.digest(disk, ENVIRONMENT, about)


@pytest.mark.parametrize("name", ["ckanext-cats/plugin.py", "ckanext-cats/new.py", "ckanext-cats/a/b/config.yaml"])
def test_a_question_is_another_once_code_that_declares_has_changed(disk: FakeDisk, name: str) -> None:
    before = digest(disk, b"a")
    assert digest(disk, b"a") == before
    disk.add(ENVIRONMENT.source / name, b"2")
    assert digest(disk, b"a") != before


@pytest.mark.parametrize(
    "name", [".git/x.py", "ckanext-cats/__pycache__/x.py", "ckanext-cats/page.html", "node_modules/x.json"]
)
def test_what_declares_nothing_does_not_count(disk: FakeDisk, name: str) -> None:
    before = digest(disk, b"a")
    disk.add(ENVIRONMENT.source / name, b"2")
    assert digest(disk, b"a") == before


def test_a_question_is_another_where_what_it_is_about_is_cut_otherwise(disk: FakeDisk) -> None:
    assert len({digest(disk, b"ab", b"c"), digest(disk, b"a", b"bc"), digest(disk, b"abc")}) == 3
