from __future__ import annotations

import pytest

from datacats.model.finding import Severity
from datacats.model.observed import ContainerUsage
from datacats.model.service import Limits
from datacats.workflows.checks import limits
from datacats.workflows.checks.limits import judge
from tests.unit.workflows.checks.scene import LABELS, Scene, service

MIB = 2**20


@pytest.mark.parametrize("usage", [None, ContainerUsage(), ContainerUsage(90, 100), ContainerUsage(5)])
def test_what_has_room_or_was_not_counted_is_well(usage: ContainerUsage | None) -> None:
    assert [each.severity for each in judge([service(usage=usage)])] == [Severity.OK]


def test_what_comes_near_its_limit_is_a_warning_before_it_is_killed() -> None:
    (found,) = judge([service("solr", usage=ContainerUsage(980 * MIB, 1024 * MIB))])
    assert found.severity is Severity.WARNING
    assert found.what == "solr of catstown uses 980 MiB of the 1.0 GiB of memory that it may."
    assert "datacats restart solr catstown" in found.fix


def test_the_engine_says_how_much() -> None:
    scene = Scene()
    scene.run("datacats_web_catstown", labels=LABELS, limits=Limits(memory=21))
    (found,) = limits.check(scene.facts)
    assert (found.severity, "20 MiB of the 21 MiB" in found.what) == (Severity.WARNING, True)
