"""Converge: two values in, a plan's text out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.errors import Conflict
from datacats.model import labels
from datacats.model.image import ImageRef
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed
from datacats.model.plan import StartContainer
from datacats.model.probe import ExecProbe
from datacats.model.service import Attachment, ContainerSpec, NetworkSpec, ServiceSpec
from datacats.planning.converge import Following, converge

ROOT = "uuid-1"
MARKS = {labels.ROOT: ROOT, labels.ENVIRONMENT: "cat"}
NETWORK = NetworkSpec("datacats_back_cat", "10.0.0.0/27", internal=True, labels=MARKS)
PROBE = ExecProbe("datacats_web_cat", ("true",), 5, "answers")


def service(name: str, tag: str = "1", *networks: str) -> ServiceSpec:
    attachments = tuple(Attachment(each) for each in (networks or (NETWORK.name,)))
    spec = ContainerSpec(
        f"datacats_{name}_cat", ImageRef(f"datacats/{name}", tag), (), "1:1", networks=attachments, labels=MARKS
    )
    return ServiceSpec(name, spec)


def seen(described: ServiceSpec, state: str = "running", **changes: object) -> ContainerSeen:
    spec = described.container.labelled()
    networks = tuple(each.network for each in spec.networks)
    marks = {**spec.labels, **{k: v for k, v in changes.items() if isinstance(v, str)}}
    return ContainerSeen("id", spec.name, str(spec.image), state, labels=marks, networks=networks)


def network(**changes: str) -> NetworkSeen:
    return NetworkSeen("id", NETWORK.name, (changes.get("subnet", NETWORK.subnet),), MARKS)


def plan(services: list[ServiceSpec], observed: Observed, **keywords: object) -> str:
    found = converge(
        [NETWORK],
        services,
        observed,
        Following(
            {"postgres": [StartContainer("sql", cause="started")]},
            [("web", PROBE)],
            bool(keywords.get("settled", True)),
        ),
        anew=frozenset(keywords.get("anew", ())),  # type: ignore[call-overload]
    )
    return str(found)


def test_a_running_matching_site_needs_nothing() -> None:
    both = [service("postgres"), service("web")]
    assert plan(both, Observed(tuple(map(seen, both)), (network(),))) == ""


def test_a_new_site_is_made_network_first_and_waited_for_last() -> None:
    front = service("web", "1", NETWORK.name, "front")
    assert plan([service("postgres"), front], Observed()).splitlines() == [
        "1 create internal network datacats_back_cat 10.0.0.0/27 (not there)",
        "2 create datacats_postgres_cat from datacats/postgres:1 (not there)",
        "3 start datacats_postgres_cat (not there)",
        "4 start sql (started)",
        "5 create datacats_web_cat from datacats/web:1 (not there)",
        "6 connect datacats_web_cat to front (not there)",
        "7 start datacats_web_cat (not there)",
        "8 wait until datacats_web_cat answers (web was started)",
    ]


def test_a_new_image_replaces_its_service_and_leaves_the_rest_alone() -> None:
    postgres, old, new = service("postgres"), service("web"), service("web", "2")
    assert plan([postgres, new], Observed((seen(postgres), seen(old)), (network(),))).splitlines() == [
        "1 stop datacats_web_cat (image changed)",
        "2 remove datacats_web_cat (image changed)",
        "3 create datacats_web_cat from datacats/web:2 (image changed)",
        "4 start datacats_web_cat (image changed)",
        "5 wait until datacats_web_cat answers (web was started)",
    ]


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("exited", "start datacats_web_cat (stopped)"),
        ("created", "start datacats_web_cat (never started)"),
        ("paused", "unpause datacats_web_cat (paused)"),
    ],
)
def test_a_service_that_does_not_run_comes_back_as_it_is(state: str, step: str) -> None:
    web = service("web")
    assert plan([web], Observed((seen(web, state),), (network(),))).splitlines() == [
        f"1 {step}",
        "2 wait until datacats_web_cat answers (web was started)",
    ]


@pytest.mark.parametrize("state", ["dead", "removing"])
def test_a_container_beyond_help_is_made_anew(state: str) -> None:
    web = service("web")
    assert f"2 remove datacats_web_cat ({state})" in plan([web], Observed((seen(web, state),), (network(),)))


def test_a_container_that_lacks_one_of_its_networks_is_made_anew() -> None:
    web = service("web", "1", NETWORK.name, "front")
    half = ContainerSeen("id", web.container.name, "i", "created", labels=seen(web).labels, networks=(NETWORK.name,))
    assert "remove datacats_web_cat (half made)" in plan([web], Observed((half,), (network(),)))


def test_a_service_that_is_asked_for_is_replaced_although_it_matches() -> None:
    web = service("web")
    assert "1 stop datacats_web_cat (asked for)" in plan([web], Observed((seen(web),), (network(),)), anew={"web"})


def test_sql_follows_every_start_of_postgres() -> None:
    postgres = service("postgres")
    stopped = Observed((seen(postgres, "exited"),), (network(),))
    assert plan([postgres], stopped).splitlines()[1] == "2 start sql (started)"


def test_a_changed_subnet_takes_all_off_the_network_before_it_is_made_anew() -> None:
    both = [service("postgres"), service("web")]
    lines = plan(both, Observed(tuple(map(seen, both)), (network(subnet="10.9.0.0/27"),))).splitlines()
    assert [line.split(" ", 1)[1] for line in lines[:6]] == [
        "stop datacats_web_cat (its network changed)",
        "remove datacats_web_cat (its network changed)",
        "stop datacats_postgres_cat (its network changed)",
        "remove datacats_postgres_cat (its network changed)",
        "remove network datacats_back_cat (its subnet changed)",
        "create internal network datacats_back_cat 10.0.0.0/27 (its subnet changed)",
    ]


def test_a_foreign_container_with_our_name_is_refused() -> None:
    web = service("web")
    foreign = ContainerSeen("id", web.container.name, "nginx", "running")
    with pytest.raises(Conflict, match=r"datacats_web_cat was not made by datacats"):
        plan([web], Observed((foreign,), (network(),)))


def test_a_container_of_another_data_root_is_refused_by_its_holder() -> None:
    web = service("web")
    other = seen(web, **{labels.ROOT: "uuid-2", labels.HOME: "/home/other/.datacats"})
    with pytest.raises(Conflict, match=r"belongs to the data root /home/other/\.datacats"):
        plan([web], Observed((other,), (network(),)))


def test_a_foreign_network_with_our_name_is_refused() -> None:
    with pytest.raises(Conflict, match="network datacats_back_cat was not made by datacats"):
        plan([service("web")], Observed((), (NetworkSeen("id", NETWORK.name, ("10.0.0.0/27",)),)))


def test_a_service_that_was_started_a_moment_ago_is_waited_for() -> None:
    web = replace(seen(service("web")), status="Up 2 seconds (health: starting)")
    observed = Observed((seen(service("postgres")), web), (network(),))
    assert plan([service("postgres"), service("web")], observed).splitlines() == [
        "1 wait until datacats_web_cat answers (web has not yet shown that it is ready)",
    ]


def test_of_an_unfinished_site_nothing_is_believed_but_that_its_services_run() -> None:
    both = [service("postgres"), service("web")]
    found = plan(both, Observed(tuple(map(seen, both)), (network(),)), settled=False)
    assert found.splitlines() == [
        "1 start sql (started)",
        "2 wait until datacats_web_cat answers (web was started)",
    ]


def test_what_has_to_end_beside_web_is_replaced_when_the_page_answers() -> None:
    both = [service("worker"), service("web")]
    observed = Observed(tuple(map(seen, both)), (network(),))
    lines = [line.split(" ", 1)[1] for line in plan(both, observed, anew={"web", "worker"}).splitlines()]
    assert lines == [
        "stop datacats_web_cat (asked for)",
        "remove datacats_web_cat (asked for)",
        "create datacats_web_cat from datacats/web:1 (asked for)",
        "start datacats_web_cat (asked for)",
        "wait until datacats_web_cat answers (web was started)",
        "stop datacats_worker_cat (asked for)",
        "remove datacats_worker_cat (asked for)",
        "create datacats_worker_cat from datacats/worker:1 (asked for)",
        "start datacats_worker_cat (asked for)",
    ]


def test_what_stands_beside_web_starts_when_the_page_answers() -> None:
    lines = [line.split(" ", 1)[1] for line in plan([service("worker"), service("web")], Observed()).splitlines()]
    assert lines[-4:] == [
        "start datacats_web_cat (not there)",
        "wait until datacats_web_cat answers (web was started)",
        "create datacats_worker_cat from datacats/worker:1 (not there)",
        "start datacats_worker_cat (not there)",
    ]


@pytest.mark.parametrize(("signal", "stopped"), [("SIGKILL", False), ("SIGTERM", True)])
def test_what_dies_at_once_anyway_is_not_stopped_before_it_is_removed(signal: str, *, stopped: bool) -> None:
    web = service("web")
    web = replace(web, container=replace(web.container, stop_signal=signal))
    text = plan([web], Observed((seen(web),), (network(),)), anew={"web"})
    assert ("stop datacats_web_cat" in text) == stopped
    assert "remove datacats_web_cat (asked for)" in text


def test_it_has_to_go_before_its_network_does_all_the_same() -> None:
    both = [service("web"), service("worker")]
    observed = Observed(tuple(map(seen, both)), (network(subnet="10.9.0.0/27"),))
    lines = [line.split(" ", 1)[1] for line in plan(both, observed).splitlines()]
    removed = lines.index("remove network datacats_back_cat (its subnet changed)")
    assert lines.index("remove datacats_worker_cat (its network changed)") < removed


@pytest.mark.parametrize(
    ("stranger", "command"),
    [
        (Observed((ContainerSeen("id", "datacats_web_cat", "nginx", "running"),)), "docker rm datacats_web_cat"),
        (Observed((), (NetworkSeen("id", NETWORK.name),)), "docker network rm datacats_back_cat"),
    ],
)
def test_who_made_something_with_our_name_is_told_how_to_take_it_away(stranger: Observed, command: str) -> None:
    with pytest.raises(Conflict) as caught:
        plan([service("web")], stranger)
    assert caught.value.hint == f"Remove or rename it yourself: {command}"


def test_what_belongs_to_another_data_root_is_for_that_one_to_remove() -> None:
    other = seen(service("web"), **{labels.ROOT: "uuid-2"})
    with pytest.raises(Conflict) as caught:
        plan([service("web")], Observed((other,), (network(),)))
    assert "belongs to the data root uuid-2; it is left alone" in caught.value.message
    assert "DATACATS_HOME" in caught.value.hint
