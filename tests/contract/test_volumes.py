"""What the volumes of every engine do and refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.errors import Conflict, PathUnseen
from datacats.model import labels
from datacats.model.observed import VolumeSeen
from datacats.model.service import Mount, VolumeSpec
from tests.contract.stage import Output, Stage


@pytest.fixture
def volume(stage: Stage) -> VolumeSpec:
    """A volume that is there."""
    spec = VolumeSpec(stage.name("data"), {"dctest": "1"})
    stage.engine.volumes.create(spec)
    return spec


def named(stage: Stage) -> dict[str, VolumeSeen]:
    return {seen.name: seen for seen in stage.engine.volumes.list()}


def test_a_volume_is_listed_with_its_labels(stage: Stage, volume: VolumeSpec) -> None:
    assert named(stage)[volume.name] == VolumeSeen(volume.name, volume.labels)


def test_volumes_are_listed_by_name(stage: Stage, volume: VolumeSpec) -> None:
    stage.engine.volumes.create(replace(volume, name=stage.name("a")))
    names = list(named(stage))
    assert names == sorted(names)


def test_making_a_volume_that_is_there_leaves_it_as_it_is(stage: Stage, volume: VolumeSpec) -> None:
    stage.engine.volumes.create(replace(volume, labels={"dctest": "2"}))
    assert named(stage)[volume.name].labels == volume.labels


def test_every_volume_has_a_size(stage: Stage, volume: VolumeSpec) -> None:
    assert stage.engine.volumes.sizes()[volume.name] >= 0


def test_a_volume_that_is_gone_has_no_size(stage: Stage, volume: VolumeSpec) -> None:
    stage.engine.volumes.remove(volume.name)
    assert volume.name not in stage.engine.volumes.sizes()


def test_a_removed_volume_is_gone_and_removing_it_again_is_no_error(stage: Stage, volume: VolumeSpec) -> None:
    stage.engine.volumes.remove(volume.name)
    stage.engine.volumes.remove(volume.name)
    assert volume.name not in named(stage)


def test_a_volume_that_a_container_has_is_not_removed_even_when_that_does_not_run(
    stage: Stage, volume: VolumeSpec
) -> None:
    spec = stage.spec(mounts=(Mount(volume.name, "/tmp", volume=True),))  # noqa: S108 - a path in the container
    stage.engine.containers.create(spec)
    with pytest.raises(Conflict, match=volume.name):
        stage.engine.volumes.remove(volume.name)
    stage.engine.containers.remove(spec.name)
    stage.engine.volumes.remove(volume.name)


def test_a_container_makes_the_volume_that_it_lacks_with_the_labels_that_say_whose_it_is(stage: Stage) -> None:
    name = stage.name("data")
    marks = {labels.ROOT: stage.name("root"), labels.SITE: "primary"}
    spec = stage.spec(mounts=(Mount(name, "/tmp", volume=True),), labels={**marks, labels.SERVICE: "x"})  # noqa: S108
    stage.engine.containers.create(spec)
    assert named(stage)[name].labels == marks
    stage.engine.containers.remove(spec.name)
    assert name in named(stage)


def test_a_path_that_the_engine_does_not_see_is_refused_by_name(stage: Stage) -> None:
    unseen = stage.unseen()
    spec = stage.spec("exit 0", name="", mounts=(Mount(unseen, "/tmp"),))  # noqa: S108 - a path in the container
    with pytest.raises(PathUnseen, match=unseen):
        stage.engine.containers.run(spec, Output().streams)
