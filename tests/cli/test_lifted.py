"""``overrides`` of ``datacats.toml``: whoever lifts one of CKAN's pins is told which, and what came in its place."""

from __future__ import annotations

import pytest

from datacats import recipes
from datacats.model.extension import Lifted
from tests.cli.test_install import SOURCE, index, text
from tests.support.desk import Desk
from tests.support.index import Index

__all__ = ["index"]

PIN = (recipes.pins(recipes.DEFAULT_CKAN) or {})["urllib3"]
TOLD = (
    f"Warning: CKAN's pin urllib3=={PIN} is lifted by overrides in datacats.toml: 9.9 is installed. "
    "CKAN was not tested with it."
)


def override(desk: Desk, *requirements: str) -> None:
    listed = ", ".join(f'"{each}"' for each in requirements)
    toml = text(desk, "datacats.toml").replace("[env]", f"overrides = [{listed}]\n[env]")
    desk.disk.add(SOURCE / "datacats.toml", toml.encode())


@pytest.fixture
def urllib3(index: Index) -> Index:
    """An index with a release of urllib3 that CKAN does not pin, and an environment that asks for it."""
    index.add("urllib3", "9.9")
    override(index.desk, "urllib3>=9")
    return index


def test_install_warns_first_each_time_and_quietly_too(urllib3: Index) -> None:
    desk = urllib3.desk
    assert desk.done("install", "-e", "catstown", "urllib3").lines[0] == TOLD
    assert desk.done("install", "-e", "catstown").lines == [TOLD, "Nothing to do."]
    assert desk.done("install", "-e", "catstown", "-q").lines == [TOLD]


def test_programs_are_told_from_what_to_what(urllib3: Index) -> None:
    told = {"name": "urllib3", "pin": PIN, "version": "9.9"}
    assert urllib3.desk.done("install", "-e", "catstown", "urllib3", "--json").result["lifted"] == [told]
    assert urllib3.desk.done("extensions", "catstown", "--json").result["lifted"] == [told]


def test_a_dry_run_warns_before_anything_is_done(urllib3: Index) -> None:
    assert urllib3.desk.done("install", "-e", "catstown", "urllib3", "--dry-run").lines[0] == (
        TOLD.replace("Warning:", "then")
    )


def test_extensions_shows_it(urllib3: Index) -> None:
    urllib3.desk.done("install", "-e", "catstown", "urllib3")
    assert urllib3.desk.done("extensions", "catstown").lines[-1] == TOLD


def test_whoever_follows_the_lock_is_told(urllib3: Index) -> None:
    desk = urllib3.desk
    desk.done("install", "-e", "catstown", "urllib3")
    ran = desk.done("init", "catstown", "-s", "second", "--admin-password-stdin", stdin=b"correct horse\n")
    assert TOLD in ran.err


@pytest.mark.parametrize("requirement", ["ckanext-scheming>=3", "lxml>=1", f"urllib3=={PIN}"])
def test_an_override_that_lifts_no_pin_is_not_told(index: Index, requirement: str) -> None:
    index.add("urllib3", PIN)
    override(index.desk, requirement)
    lines = index.desk.done("install", "-e", "catstown", "ckanext-scheming", "urllib3").lines
    assert not [line for line in lines if "lifted" in line]


def test_of_a_release_whose_pins_only_its_image_knows_it_is_told_without_the_version() -> None:
    assert recipes.pins("2.12.99") is None
    assert str(Lifted("urllib3", "", "9.9")).startswith("What CKAN pins of urllib3 is lifted by overrides")


@pytest.mark.parametrize("line", recipes.LINES)
def test_the_pins_of_a_ckan_are_those_of_its_image(line: str) -> None:
    version = recipes.resolve_ckan(line)
    pins = recipes.pins(version)
    assert pins is not None
    assert (pins["ckan"], {"urllib3", "lxml", "sqlalchemy"} <= set(pins)) == (version, True)
