"""site.json, secrets.json and root.json: written whole, read back, and refused when damaged."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import ConfigError, NotFound
from datacats.model.environment import Environment, Mode, Phase, Placement
from datacats.store import placements, site_file
from datacats.store.root import existing_root, open_root
from tests.support.users import NOBODY, common_directory, needs_root, unprivileged
from tests.unit.builders import ENVIRONMENT, SITE

OWNER = (os.getuid(), os.getgid())
DISK = RealDisk()


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    environment = replace(ENVIRONMENT, data=tmp_path / "catstown")
    DISK.make_directory(environment.site_directory("primary"), 0o700, OWNER)
    return environment


def test_a_site_reads_back_as_it_was_written(environment: Environment) -> None:
    site = replace(SITE, mode=Mode.PRODUCTION, phase=Phase.PURGING, site_url="https://x", previous=SITE.images)
    site = replace(site, placement=Placement.VOLUMES)
    site_file.write(DISK, environment, site, OWNER)
    assert site_file.read(DISK, environment, "primary") == site


def test_a_site_that_was_written_before_there_were_volumes_has_its_data_in_its_directory(
    environment: Environment,
) -> None:
    site_file.write(DISK, environment, SITE, OWNER)
    path = environment.site_directory("primary") / "site.json"
    record = json.loads(path.read_text())
    del record["placement"]
    path.write_text(json.dumps(record))
    assert site_file.read(DISK, environment, "primary").placement is Placement.BIND


def test_state_is_readable_by_its_owner_only(environment: Environment) -> None:
    site_file.write(DISK, environment, SITE, OWNER)
    site_file.ensure_secrets(DISK, environment, "primary", OWNER)
    for name in ("site.json", "secrets.json"):
        entry = DISK.entry(environment.site_directory("primary") / name)
        assert entry is not None
        assert entry.mode & 0o777 == 0o600


def test_a_missing_site_is_named_with_those_that_are_there(environment: Environment) -> None:
    site_file.write(DISK, environment, SITE, OWNER)
    with pytest.raises(NotFound, match=r"has no site 'x' \(there is: primary\)"):
        site_file.read(DISK, environment, "x")


def test_secrets_are_made_once(environment: Environment) -> None:
    first = site_file.ensure_secrets(DISK, environment, "primary", OWNER)
    assert site_file.ensure_secrets(DISK, environment, "primary", OWNER) == first


def test_two_sites_share_no_secret(environment: Environment) -> None:
    DISK.make_directory(environment.site_directory("other"), 0o700, OWNER)
    pair = [site_file.ensure_secrets(DISK, environment, name, OWNER) for name in ("primary", "other")]
    first, second = ({getattr(each, name) for name in each.__slots__} for each in pair)
    assert not first & second
    assert all(value.isalnum() and len(value) == 32 for value in first | second)


def test_secrets_do_not_show_in_a_representation(environment: Environment) -> None:
    secrets = site_file.ensure_secrets(DISK, environment, "primary", OWNER)
    assert secrets.ckan not in repr(secrets)


def test_every_truncation_of_a_site_file_is_refused_by_name_without_a_traceback(environment: Environment) -> None:
    site_file.write(DISK, environment, SITE, OWNER)
    path = environment.site_directory("primary") / "site.json"
    content = path.read_bytes()
    for length in range(len(content.rstrip()) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(ConfigError, match=str(path)):
            site_file.read(DISK, environment, "primary")


def test_a_site_file_of_a_newer_datacats_asks_for_an_upgrade(environment: Environment) -> None:
    site_file.write(DISK, environment, SITE, OWNER)
    path = environment.site_directory("primary") / "site.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "layout": 99}))
    with pytest.raises(ConfigError, match="newer datacats"):
        site_file.read(DISK, environment, "primary")


def test_a_data_root_keeps_its_uuid_and_is_private(tmp_path: Path) -> None:
    env = {"DATACATS_HOME": str(tmp_path / "root")}
    first = open_root(DISK, env)
    assert open_root(DISK, env) == first
    entry = DISK.entry(first.path)
    assert entry is not None
    assert entry.mode & 0o777 == 0o700


def test_the_data_root_is_in_the_home_directory_unless_named(tmp_path: Path) -> None:
    assert open_root(DISK, {"HOME": str(tmp_path)}).path == tmp_path / ".datacats"


@needs_root
def test_a_data_root_whose_directory_has_a_group_that_its_owner_is_not_in_can_be_used() -> None:
    with common_directory() as place:
        os.chown(place, NOBODY, 4712)
        with unprivileged():
            root = open_root(DISK, {"DATACATS_HOME": str(place)})
            placements.remember(DISK, root, "engine", Placement.BIND)
        for name in ("root.json", "_engines.json"):
            seen = DISK.entry(place / name)
            assert seen is not None
            assert (seen.uid, seen.gid) == (NOBODY, NOBODY)


@needs_root
def test_what_root_writes_into_a_data_root_belongs_to_whom_that_belongs(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, 4712)
    open_root(DISK, {"DATACATS_HOME": str(tmp_path)})
    seen = DISK.entry(tmp_path / "root.json")
    assert seen is not None
    assert (seen.uid, seen.gid) == (NOBODY, 4712)


@pytest.mark.parametrize("chosen", ["data", "./data", "~/data"])
def test_a_data_root_that_would_be_another_one_in_each_directory_is_refused_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for read in (open_root, existing_root):
        with pytest.raises(ConfigError, match=f"DATACATS_HOME is {chosen}") as refused:
            read(DISK, {"DATACATS_HOME": chosen})
        assert f"export DATACATS_HOME={tmp_path}/" in refused.value.hint
    assert list(tmp_path.iterdir()) == []
