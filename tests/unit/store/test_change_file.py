"""A change of what is installed, written down: it is read back as it was, and a damaged one is never guessed at."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError
from datacats.model.extension import Change
from datacats.store import change_file
from tests.unit.builders import ENVIRONMENT

CHANGE = Change(
    files={"ckan.ini": (b"a", b"b\xff"), "datacats.lock": (None, b"c"), "datacats.toml": (b"d", None)},
    layers=("", "0a1b"),
    sites=("primary", "second"),
    asked={"add": ["ckanext-cats"]},
    told={"name": "catstown"},
)


def disk_with(content: bytes) -> FakeDisk:
    made = FakeDisk()
    made.add(change_file.path(ENVIRONMENT), content)
    return made


def test_where_nothing_is_being_changed_there_is_none() -> None:
    assert change_file.read(FakeDisk(), ENVIRONMENT) is None


@pytest.mark.parametrize("change", [CHANGE, CHANGE.undone], ids=["forth", "back"])
def test_a_change_is_read_back_as_it_was_written(change: Change) -> None:
    assert change_file.read(disk_with(change_file.content(change)), ENVIRONMENT) == change


def test_undoing_goes_from_what_is_to_what_was_and_tells_nothing() -> None:
    back = CHANGE.undone
    assert (back.layers, back.files["datacats.lock"]) == (("0a1b", ""), (b"c", None))
    assert (back.back, back.sites, dict(back.asked), dict(back.told)) == (True, CHANGE.sites, {}, {})


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("files", each) for each in (7, ["one"], {"ckan.ini": 7}, {"ckan.ini": ["one"]})),
        *(("layers", each) for each in (7, ["one"])),
        ("sites", 7),
        *((field, each) for field in ("asked", "told", "back") for each in (7, "one", ["one"], None)),
    ],
)
def test_a_damaged_one_is_refused(field: str, wrong: Any) -> None:
    record = json.loads(change_file.content(CHANGE))
    with pytest.raises(ConfigError, match="is damaged"):
        change_file.read(disk_with(json.dumps({**record, field: wrong}).encode()), ENVIRONMENT)
