from __future__ import annotations

import errno
from pathlib import Path

import pytest

from datacats.model.finding import Severity
from datacats.model.plan import PlaceFile, Plan
from datacats.store import environment_file
from datacats.store.root import FILE
from datacats.workflows.checks import files
from tests.unit.builders import ENVIRONMENT
from tests.unit.workflows.checks.scene import HOME, LABELS, Scene

SITE = ENVIRONMENT.site_directory("primary")


def test_files_that_can_be_read_are_well() -> None:
    (found,) = files.check(Scene().facts)
    assert found.severity is Severity.OK


def test_no_data_root_yet_is_well_and_none_is_made() -> None:
    scene = Scene()
    scene.disk.remove_tree(HOME)
    (found,) = files.check(scene.facts)
    assert (found.severity, scene.disk.entry(HOME)) == (Severity.OK, None)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (SITE / "site.json", b"{"),
        (SITE / "site.json", b'{"layout": 1}'),
        (SITE / "secrets.json", b"[]"),
        (ENVIRONMENT.data / "environment.json", b'{"layout": 99, "source": "/x"}'),
        (ENVIRONMENT.source / "datacats.toml", b"name = "),
        (ENVIRONMENT.source / "ckan.ini", b"[app:main]\nsqlalchemy.url = postgresql://x\n"),
        (HOME / FILE, b""),
    ],
)
def test_each_damaged_file_is_named(path: Path, content: bytes) -> None:
    scene = Scene()
    scene.disk.add(path, content, 0o600)
    (found,) = files.check(scene.facts)
    assert found.severity is Severity.ERROR
    assert str(path) in found.what
    assert found.fix


def test_a_damaged_data_root_gets_its_uuid_back_from_what_the_engine_holds() -> None:
    scene = Scene()
    scene.hold("datacats_web_catstown", labels=LABELS)
    before = scene.disk.read(HOME / FILE)
    scene.disk.add(HOME / FILE, b'{"layout": 1, "uu')
    (found,) = files.check(scene.facts)
    assert isinstance(found.mend, Plan)
    (step,) = found.mend
    assert isinstance(step, PlaceFile)
    assert (step.path, step.content, found.lock) == (HOME / FILE, before, "root")


def test_a_uuid_that_is_not_sure_is_not_taken() -> None:
    scene = Scene()
    scene.hold("a", labels=LABELS)
    scene.hold("b", labels={**LABELS, "org.datacats.root": "another"})
    scene.disk.add(HOME / FILE, b"")
    assert files.check(scene.facts)[0].mend is None


def test_a_data_root_of_a_newer_datacats_or_one_that_is_closed_is_left_as_it_is() -> None:
    scene = Scene()
    scene.hold("a", labels=LABELS)
    scene.disk.add(HOME / FILE, b'{"layout": 2, "uuid": "x"}')
    assert files.check(scene.facts)[0].mend is None
    scene.disk.refused[HOME / FILE] = errno.EACCES
    assert files.check(scene.facts)[0].mend is None


def test_a_source_directory_that_is_gone_is_another_checks_matter() -> None:
    scene = Scene()
    scene.disk.remove_tree(ENVIRONMENT.source / environment_file.NAME)
    (found,) = files.check(scene.facts)
    assert found.severity is Severity.OK


def test_a_data_root_that_is_a_file_is_an_error() -> None:
    scene = Scene()
    scene.disk.remove_tree(HOME)
    scene.disk.add(HOME)
    (found,) = files.check(scene.facts)
    assert (found.severity, found.what) == (Severity.ERROR, f"{HOME} is a file: no data root can be made there.")
