from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from datacats.model.environment import Phase, Placement
from datacats.model.finding import Severity
from datacats.workflows.checks import lost
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import Scene

DIRECTORY = ENVIRONMENT.site_directory(SITE.name)


def test_a_site_with_all_its_data_is_well() -> None:
    (found,) = lost.check(Scene().facts)
    assert found.severity is Severity.OK


@pytest.mark.parametrize(("part", "left"), [("postgres", "datacats db load DUMP"), ("files", "install -d -m 700")])
def test_what_only_a_copy_brings_back_is_an_error_with_what_is_left_to_do(part: str, left: str) -> None:
    scene = Scene()
    scene.disk.tree.remove(DIRECTORY / part)
    (found,) = lost.check(scene.facts)
    assert (found.severity, found.mend) == (Severity.ERROR, None)
    assert str(DIRECTORY / part) in found.what
    assert left in found.fix


@pytest.mark.parametrize("removed", ["solr", "solr/data"])
def test_a_search_index_comes_back_by_a_start(removed: str) -> None:
    scene = Scene()
    scene.disk.tree.remove(DIRECTORY / removed)
    (found,) = lost.check(scene.facts)
    assert (found.severity, found.fix) == (Severity.WARNING, "datacats start catstown")
    assert found.what.startswith("catstown has lost its search index")


def test_a_queue_that_never_was_is_not_lost() -> None:
    scene = Scene()
    assert [each.severity for each in lost.check(scene.facts)] == [Severity.OK]
    scene.disk.add(DIRECTORY / "run" / "redis" / "redis.conf")
    (found,) = lost.check(scene.facts)
    assert "sessions and waiting jobs" in found.what


def test_lost_secrets_are_left_to_the_check_that_reads_files() -> None:
    scene = Scene()
    scene.disk.tree.remove(DIRECTORY / "secrets.json")
    (found,) = lost.check(scene.facts)
    assert found.severity is Severity.OK


@pytest.mark.parametrize("change", [{"phase": Phase.CREATING}, {"placement": Placement.VOLUMES}])
def test_a_site_in_the_making_and_one_in_volumes_have_lost_no_directory(change: dict[str, Any]) -> None:
    scene = Scene()
    scene.add(ENVIRONMENT, replace(SITE, **change))
    for part in ("postgres", "files", "solr"):
        scene.disk.tree.remove(DIRECTORY / part)
    (found,) = lost.check(scene.facts)
    assert found.severity is Severity.OK
