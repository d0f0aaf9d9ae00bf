"""The names for completion are read past the store, and are those that the store knows."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.model.environment import Environment
from datacats.model.settings import KEYS
from datacats.recipes import LINES
from datacats.store import declared_file, environment_file, locate, site_file
from datacats.store.root import DataRoot, open_root, root_path
from datacats.workflows import known
from tests.unit.builders import context

DISK = RealDisk()
OWNER = (os.getuid(), os.getgid())


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """A data root as the store itself writes it: two environments, the first with two sites."""
    monkeypatch.chdir(tmp_path)
    root = open_root(DISK, {"DATACATS_HOME": str(tmp_path / "root")})
    for name, sites in {"catstown": ("primary", "staging"), "dogstown": ("primary",)}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / environment_file.NAME).write_bytes(environment_file.new(name, "2.12"))
        environment = locate.describe(DISK, root, tmp_path / name)
        DISK.make_directory(environment.data, 0o700, OWNER)
        locate.record_source(DISK, environment, OWNER)
        for site in sites:
            DISK.make_directory(environment.site_directory(site), 0o700, OWNER)
            site_file.write(DISK, environment, replace(context().site, name=site), OWNER)
    return root


def env(root: DataRoot) -> dict[str, str]:
    return {"DATACATS_HOME": str(root.path)}


def environment(root: DataRoot, name: str) -> Environment:
    return locate.by_name(DISK, root, name)


def test_the_environments_are_those_of_the_store(root: DataRoot) -> None:
    (root.path / "stray").mkdir()
    assert known.environments(env(root)) == [*locate.names(DISK, root)] == ["catstown", "dogstown"]


def test_the_sites_are_those_of_the_store_by_name_by_path_and_from_within(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [*site_file.names(DISK, environment(root, "catstown"))]
    assert known.sites(env(root), "catstown") == there == ["primary", "staging"]
    assert known.sites(env(root), "./catstown") == there
    assert known.sites(env(root), str(tmp_path / "catstown")) == there
    assert known.sites(env(root), None) == []
    (tmp_path / "catstown" / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "catstown" / "deep")
    assert known.sites(env(root), None) == there
    assert known.sites(env(root), "dogstown") == ["primary"]
    assert known.sites(env(root), "nosuch") == []


def test_a_name_wins_over_a_directory_of_that_name(root: DataRoot, tmp_path: Path) -> None:
    (tmp_path / "dogstown" / environment_file.NAME).write_bytes(environment_file.new("catstown", "2.12"))
    assert known.sites(env(root), "dogstown") == ["primary"]


def test_without_a_variable_the_data_root_is_where_the_store_has_it(root: DataRoot, tmp_path: Path) -> None:
    root.path.rename(tmp_path / ".datacats")
    assert root_path({"HOME": str(tmp_path)}) == tmp_path / ".datacats"
    assert known.environments({"HOME": str(tmp_path)}) == ["catstown", "dogstown"]


def test_other_sites_are_called_as_links_call_them(root: DataRoot) -> None:
    assert known.link_names(env(root)) == ["catstown", "staging.catstown", "dogstown"]


def test_the_extensions_are_those_asked_for_and_those_that_lie_there(root: DataRoot, tmp_path: Path) -> None:
    toml = tmp_path / "catstown" / environment_file.NAME
    asked = ["ckanext-scheming==3.1.0", "ckanext-pages @ git+https://example.org/pages", "git+https://example.org/x"]
    toml.write_bytes(environment_file.with_value(toml.read_bytes(), "extensions", asked))
    (tmp_path / "catstown" / "ckanext-cats").mkdir()
    assert known.extensions(env(root), "catstown") == ["ckanext-scheming", "ckanext-pages", "ckanext-cats"]
    assert known.extensions(env(root), "nosuch") == []


def test_the_settings_are_datacatss_own_and_those_that_ckan_last_declared(root: DataRoot) -> None:
    assert known.settings(env(root), "catstown") == [*KEYS]
    place = declared_file.path(environment(root, "catstown"), "staging")
    options = [{"key": "ckan.site_title"}, {"key": "sqlalchemy.<OPTION>"}, {"key": "debug"}]
    DISK.place(place, declared_file.content("digest", {"options": options}), 0o600, OWNER)
    assert known.settings(env(root), "catstown") == [*KEYS, "ckan.site_title", "debug"]
    assert known.settings(env(root), "dogstown") == [*KEYS]
    for damaged in (
        b"[]",
        b'{"answer": 1}',
        b'{"answer": {"options": 7}}',
        b'{"answer": {"options": [1, {"key": 2}]}}',
    ):
        DISK.place(place, damaged, 0o600, OWNER)
        assert known.settings(env(root), "catstown") == [*KEYS]


def test_the_versions_of_ckan_are_all_that_there_are() -> None:
    assert known.ckan_versions() == [*LINES, *(line.pinned for line in LINES.values())]
