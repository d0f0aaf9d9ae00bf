"""The plan that leaves a site with the spare it should have, or with none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.errors import NameTaken
from datacats.model import labels
from datacats.model.observed import ContainerSeen, Observed
from datacats.planning.spare import refresh
from datacats.services import spare
from tests.unit.builders import context

SPEC = spare.describe(context(), "digest")
CREATE = [
    "create datacats_spare_catstown from datacats/web:2.12.0-a",
    "connect datacats_spare_catstown to datacats_back_catstown",
    "start datacats_spare_catstown",
]


def seen(state: str = "running", **marks: str) -> ContainerSeen:
    told = SPEC.labelled()
    return ContainerSeen("id", told.name, str(told.image), state, labels={**told.labels, **marks})


def steps(*there: ContainerSeen, wanted: bool = True) -> list[str]:
    return [str(step) for step in refresh(SPEC if wanted else None, SPEC.name, Observed(there))]


def test_a_spare_that_waits_stays() -> None:
    assert steps(seen()) == []


def test_where_there_is_none_one_is_made() -> None:
    assert steps() == CREATE


@pytest.mark.parametrize(
    "there", [seen(**{labels.SPEC: "another"}), seen("created"), seen("exited")], ids=["stale", "half made", "ended"]
)
def test_one_that_cannot_be_used_is_replaced(there: ContainerSeen) -> None:
    assert not there.runs_as(SPEC)
    assert steps(there) == ["remove datacats_spare_catstown", *CREATE]


@pytest.mark.parametrize(
    ("there", "wanted", "cause"),
    [
        (seen(**{labels.SPEC: "another"}), True, "its definition changed"),
        (seen("created"), True, "half made"),
        (seen(), False, "not wanted"),
        (seen("exited"), False, "not wanted"),
    ],
)
def test_why_one_goes_is_told(there: ContainerSeen, *, wanted: bool, cause: str) -> None:
    first, *_ = refresh(SPEC if wanted else None, SPEC.name, Observed((there,)))
    assert first.cause == cause


def test_one_that_is_not_wanted_goes() -> None:
    assert steps(seen(), wanted=False) == ["remove datacats_spare_catstown"]
    assert steps(wanted=False) == []


@pytest.mark.parametrize("wanted", [True, False])
def test_a_container_that_is_no_one_off_is_never_touched(*, wanted: bool) -> None:
    stranger = replace(seen(), labels={})
    with pytest.raises(NameTaken, match="datacats_spare_catstown is not ours"):
        steps(stranger, wanted=wanted)
