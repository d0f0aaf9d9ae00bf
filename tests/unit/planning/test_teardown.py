"""Stopping and removing: what ends first, how long each may take, and what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.model import labels
from datacats.model.names import SERVICES
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed, VolumeSeen
from datacats.model.plan import RemoveTree, StopContainer
from datacats.model.secrets import Secrets
from datacats.planning import teardown
from datacats.services.describe import describe
from tests.unit.builders import context

ENDING = (
    "web",
    "worker",
    "cron",
    "harvest-gather",
    "harvest-fetch",
    "mail",
    "solr",
    "redis",
    "postgres",
)
NETWORKS = (NetworkSeen("n1", "datacats_front_cat"), NetworkSeen("n2", "datacats_back_cat"))
VOLUMES = (VolumeSeen("datacats_files_cat"),)


def seen(service: str, state: str = "running", **marks: str) -> ContainerSeen:
    return ContainerSeen("id", f"datacats_{service}_cat", "i", state, labels={labels.SERVICE: service, **marks})


def one_off(name: str) -> ContainerSeen:
    return ContainerSeen("id", name, "i", "running", labels={labels.ONE_OFF: "command"})


def every(state: str = "running") -> Observed:
    return Observed(tuple(seen(each, state) for each in sorted(SERVICES)), NETWORKS, VOLUMES)


def steps(plan: object) -> list[str]:
    return [line.split(" ", 1)[1] for line in str(plan).splitlines()]


def test_all_services_end_before_what_they_need() -> None:
    plan = teardown.stop(every(), cause="asked for")
    assert steps(plan) == [f"stop datacats_{each}_cat (asked for)" for each in ENDING]


def test_one_off_containers_end_before_all_services_by_name() -> None:
    observed = Observed((seen("web"), one_off("zoe"), one_off("amy")))
    assert [line.split()[1] for line in steps(teardown.stop(observed, cause="x"))] == ["amy", "zoe", "datacats_web_cat"]


def test_a_one_off_container_that_was_made_from_a_service_is_still_one() -> None:
    observed = Observed((seen("web"), seen("postgres", **{labels.ONE_OFF: "initialise"})))
    assert steps(teardown.stop(observed, cause="x"))[0] == "stop datacats_postgres_cat (x)"


@pytest.mark.parametrize(
    ("service", "seconds"),
    [("postgres", 60), ("web", 35), ("solr", 30), ("redis", 20), ("worker", 20), ("mail", 20), ("other", 10)],
)
def test_each_service_is_given_its_time_to_end(service: str, seconds: int) -> None:
    (step,) = teardown.stop(Observed((seen(service),)), cause="x")
    assert step == StopContainer(f"datacats_{service}_cat", seconds, cause="x")
    first, *_ = teardown.remove(Observed((seen(service),)), cause="x")
    assert first == step


def test_no_service_is_stopped_sooner_than_its_own_description_says() -> None:
    for service in describe(context(), Secrets.fresh(), "digest").services:
        (step,) = teardown.stop(Observed((seen(service.service),)), cause="x")
        assert isinstance(step, StopContainer)
        assert step.grace >= service.container.stop_grace


@pytest.mark.parametrize("state", ["running", "restarting", "paused"])
def test_what_has_a_process_is_stopped_before_it_is_removed(state: str) -> None:
    found = steps(teardown.remove(Observed((seen("web", state),)), cause="purge"))
    assert found == ["stop datacats_web_cat (purge)", "remove datacats_web_cat (purge)"]
    assert len(teardown.stop(Observed((seen("web", state),)), cause="x")) == 1


@pytest.mark.parametrize("state", ["exited", "created", "dead", "removing"])
def test_what_has_none_is_not_stopped(state: str) -> None:
    assert steps(teardown.remove(Observed((seen("web", state),)), cause="purge")) == ["remove datacats_web_cat (purge)"]
    assert steps(teardown.stop(Observed((seen("web", state),)), cause="x")) == []


def test_what_is_removed_goes_before_what_it_needs_as_when_it_is_stopped() -> None:
    gone = [step.split()[1] for step in steps(teardown.remove(every("exited"), cause="x"))[: len(ENDING)]]
    assert gone == [f"datacats_{each}_cat" for each in ENDING]
    discarded = [step.split()[1] for step in steps(teardown.discard(every(), (), cause="x"))[: len(ENDING)]]
    assert discarded == gone


def test_stopping_leaves_containers_networks_and_volumes() -> None:
    assert {step.split()[0] for step in steps(teardown.stop(every(), cause="x"))} == {"stop"}


def test_networks_and_volumes_go_when_nobody_is_on_them() -> None:
    found = steps(teardown.remove(every("exited"), cause="purge"))
    assert found[-3:] == [
        "remove network datacats_front_cat (purge)",
        "remove network datacats_back_cat (purge)",
        "remove volume datacats_files_cat (purge)",
    ]
    assert len(found) == len(SERVICES) + 3


def test_what_is_discarded_is_given_no_time_and_goes_with_its_files() -> None:
    plan = teardown.discard(every(), [Path("/data/t"), Path("/data/u")], cause="ended")
    assert [step.split()[0] for step in steps(plan)] == ["remove"] * (len(SERVICES) + 5)
    assert [step.path for step in plan if isinstance(step, RemoveTree)] == [Path("/data/t"), Path("/data/u")]
    assert steps(plan)[-1] == "remove /data/u (ended)"


def test_where_nothing_is_there_nothing_is_done() -> None:
    for plan in (teardown.stop(Observed(), cause="x"), teardown.remove(Observed(), cause="x")):
        assert len(plan) == 0
    assert len(teardown.discard(Observed(), (), cause="x")) == 0


def test_a_plan_made_ahead_tears_down_what_a_description_makes() -> None:
    desired = describe(context(), Secrets.fresh(), "digest")
    found = steps(teardown.discard(teardown.described(desired.networks, desired.services), [], cause="ended"))
    assert found == [
        *(
            f"remove datacats_{each}_catstown (ended)"
            for each in ("web", "worker", "mail", "solr", "redis", "postgres")
        ),
        "remove network datacats_front_catstown (ended)",
        "remove network datacats_back_catstown (ended)",
    ]
