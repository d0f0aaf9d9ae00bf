from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datacats.model.environment import Phase
from datacats.model.finding import Severity
from datacats.store import change_file, environment_file
from datacats.workflows.checks import unfinished
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import HOME, Scene


def test_an_environment_that_is_whole_is_well() -> None:
    (found,) = unfinished.check(Scene().facts)
    assert found.severity is Severity.OK


@pytest.mark.parametrize(
    ("phase", "site", "fix"),
    [
        (Phase.CREATING, "primary", "datacats create /src/catstown"),
        (Phase.CREATING, "blue", "datacats create -s blue /src/catstown"),
        (Phase.UPGRADING, "primary", "datacats upgrade catstown"),
        (Phase.ROLLING_BACK, "primary", "datacats upgrade --rollback catstown"),
        (Phase.PURGING, "primary", "datacats purge -s primary catstown"),
        (Phase.PURGING, "blue", "datacats purge -s blue catstown"),
    ],
)
def test_a_half_made_site_is_named_with_the_command_that_carries_on(phase: Phase, site: str, fix: str) -> None:
    scene = Scene()
    scene.add(ENVIRONMENT, replace(SITE, name=site, phase=phase))
    (found,) = unfinished.check(scene.facts)
    assert (found.severity, found.fix, found.mend) == (Severity.WARNING, fix, None)
    assert ("Nothing is lost" in found.why) is (phase is not Phase.PURGING)


def test_a_site_that_a_command_works_on_is_left_to_it() -> None:
    scene = Scene()
    scene.add(ENVIRONMENT, replace(SITE, phase=Phase.PURGING))
    lock = ENVIRONMENT.data / "lock"
    scene.disk.add(lock)
    scene.disk.holders[lock] = "datacats purge"
    (found,) = unfinished.check(scene.facts)
    assert (found.severity, found.fix) == (Severity.NOTE, "")
    assert "being purged" in found.what


@pytest.mark.parametrize(("at_work", "fix"), [(False, "datacats start catstown"), (True, "")])
def test_an_installation_that_was_cut_is_named_with_the_command_that_carries_on(*, at_work: bool, fix: str) -> None:
    scene = Scene()
    scene.disk.add(change_file.path(ENVIRONMENT))
    lock = ENVIRONMENT.data / "lock"
    scene.disk.add(lock)
    if at_work:
        scene.disk.holders[lock] = "datacats install"
    (found,) = unfinished.check(scene.facts)
    assert (found.severity, found.fix) == (Severity.NOTE if at_work else Severity.WARNING, fix)
    assert "What is installed in catstown" in found.what


def test_a_data_directory_without_its_source_is_an_error() -> None:
    scene = Scene()
    scene.disk.remove_tree(ENVIRONMENT.source / environment_file.NAME)
    (found,) = unfinished.check(scene.facts)
    assert found.severity is Severity.ERROR
    assert "/src/catstown/datacats.toml" in found.what
    assert "datacats purge catstown" in found.fix


def test_a_directory_that_create_did_not_come_to_record_is_a_warning() -> None:
    scene = Scene()
    scene.disk.make_directory(HOME / "dogville" / "sites", 0o700)
    (found,) = unfinished.check(scene.facts)
    assert (found.severity, str(HOME / "dogville") in found.what) == (Severity.WARNING, True)
    assert "datacats purge dogville" in found.fix


def test_what_datacats_did_not_make_is_a_note() -> None:
    scene = Scene()
    scene.disk.add(HOME / "pictures" / "cat.jpg")
    (found,) = unfinished.check(scene.facts)
    assert (found.severity, str(HOME / "pictures") in found.what) == (Severity.NOTE, True)


def test_who_asks_for_one_environment_hears_nothing_of_others() -> None:
    scene = Scene()
    other = replace(ENVIRONMENT, name="dogville", source=Path("/src/dogville"), data=HOME / "dogville")
    scene.add(other, replace(SITE, phase=Phase.CREATING))
    scene.disk.make_directory(HOME / "birdcity", 0o700)
    (found,) = unfinished.check(scene.facts.about("catstown"))
    assert found.severity is Severity.OK
