from __future__ import annotations

import errno
from pathlib import Path

import pytest

from datacats.errors import EngineUnreachable
from datacats.model.finding import Severity
from datacats.workflows.checks import disk
from tests.unit.workflows.checks.scene import HOME, Scene

GIB = 2**30


@pytest.mark.parametrize(
    ("space", "of_data", "of_images"),
    [
        (100 * GIB, Severity.OK, Severity.OK),
        (5 * GIB, Severity.OK, Severity.OK),
        (5 * GIB - 1, Severity.OK, Severity.WARNING),
        (2 * GIB - 1, Severity.WARNING, Severity.WARNING),
        (GIB - 1, Severity.WARNING, Severity.ERROR),
        (GIB // 4 - 1, Severity.ERROR, Severity.ERROR),
    ],
)
def test_little_space_is_a_warning_and_hardly_any_an_error(space: int, of_data: Severity, of_images: Severity) -> None:
    scene = Scene()
    scene.disk.make_directory(Path("/var/lib/docker"), 0o700)
    scene.disk.space = space
    data, images = disk.check(scene.facts)
    assert (data.severity, images.severity) == (of_data, of_images)
    assert str(HOME) in data.what
    assert "/var/lib/docker" in images.what


def test_a_place_where_nothing_can_be_written_is_an_error() -> None:
    scene = Scene()
    scene.disk.refused[HOME] = errno.EROFS
    (data,) = disk.check(scene.facts)
    assert data.severity is Severity.ERROR
    assert "its file system is read-only" in data.what


def test_a_directory_of_the_engine_that_is_not_on_this_host_is_not_measured() -> None:
    (data,) = disk.check(Scene().facts)
    assert str(HOME) in data.what


def test_without_an_engine_the_data_is_measured_all_the_same() -> None:
    scene = Scene()
    scene.engine.world.failures["info"] = EngineUnreachable("gone")
    (data,) = disk.check(scene.facts)
    assert "100.0 GiB" in data.what
