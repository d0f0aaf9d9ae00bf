from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.model.finding import Severity
from datacats.model.sign import Sign
from datacats.workflows.checks.index import Counted, counted, judge
from datacats.workflows.checks.seen_data import SeenSite
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import CATSTOWN, service

REBUILD = "datacats ckan -e catstown search-index rebuild"


@pytest.mark.parametrize("counts", [(0, 0), (200, 200), (None, 200), (200, None), (None, None)])
def test_the_same_number_on_both_sides_and_a_side_that_does_not_tell_are_no_finding(
    counts: tuple[int | None, int | None],
) -> None:
    assert [each.severity for each in judge([Counted(CATSTOWN, *counts)])] == [Severity.OK]


def test_datasets_that_cannot_be_found_are_a_warning_that_a_rebuild_mends() -> None:
    (found,) = judge([Counted(CATSTOWN, stored=200, indexed=0)])
    assert (found.severity, found.fix) == (Severity.WARNING, REBUILD)
    assert found.what == "The search index of catstown holds 0 datasets, its database 200."
    assert found.why.startswith("200 of them cannot be found.")


def test_datasets_that_are_gone_and_still_found_need_an_index_that_begins_empty() -> None:
    (found,) = judge([Counted(CATSTOWN, stored=3, indexed=5)])
    assert found.fix == f"datacats ckan -e catstown search-index clear; {REBUILD}"
    assert found.why == "2 are found that are not there any more."


def test_a_further_site_is_named_in_the_fix() -> None:
    blue = SeenSite(ENVIRONMENT, replace(SITE, name="blue"))
    (found,) = judge([Counted(blue, 1, 0)])
    assert found.fix == "datacats ckan -e catstown -s blue search-index rebuild"


def test_the_database_and_the_index_of_one_site_are_compared() -> None:
    seen = [
        service("postgres", sign=Sign(well=True, datasets=4)),
        service("solr", sign=Sign(well=True, datasets=3)),
        service("solr", site=SeenSite(ENVIRONMENT, replace(SITE, name="blue")), sign=Sign(well=True, datasets=9)),
        service("worker", "exited"),
    ]
    assert counted(CATSTOWN, seen) == Counted(CATSTOWN, 4, 3)
