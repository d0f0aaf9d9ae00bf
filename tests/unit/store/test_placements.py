"""What was found out about engines is kept by their own names."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError
from datacats.model.environment import Placement
from datacats.store import placements
from datacats.store.root import open_root

HOME = Path("/home/me/.datacats")
ENV = {"DATACATS_HOME": str(HOME)}


def test_each_engine_has_its_own_placement_and_a_new_one_has_none() -> None:
    disk = FakeDisk()
    root = open_root(disk, ENV)
    placements.remember(disk, root, "first", Placement.BIND)
    placements.remember(disk, root, "second", Placement.VOLUMES)
    assert [placements.known(disk, root, name) for name in ("first", "second", "third")] == [
        Placement.BIND,
        Placement.VOLUMES,
        None,
    ]


def test_a_damaged_record_is_named() -> None:
    disk = FakeDisk()
    root = open_root(disk, ENV)
    disk.add(HOME / "_engines.json", b"{")
    with pytest.raises(ConfigError, match=r"_engines\.json is damaged"):
        placements.known(disk, root, "first")


def test_a_word_that_is_no_placement_is_a_damage_too() -> None:
    disk = FakeDisk()
    root = open_root(disk, ENV)
    disk.add(HOME / "_engines.json", b'{"layout": 1, "engines": {"first": "elsewhere"}}')
    with pytest.raises(ConfigError, match=r"_engines\.json is damaged"):
        placements.known(disk, root, "first")
