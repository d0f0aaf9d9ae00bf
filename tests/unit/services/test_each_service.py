"""What each service is given: its command in either mode, its memory, its time to end, and how it shows it is ready."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from datacats.model import labels
from datacats.model.environment import Mode, Placement, SiteContext
from datacats.model.probe import HttpProbe
from datacats.model.secrets import Secrets
from datacats.model.service import ContainerSpec, Mount
from datacats.model.switches import SWITCHES
from datacats.services import common, processes, redis, solr, spare, web
from datacats.services.describe import Desired, describe
from tests.unit.builders import ENVIRONMENT, context

SECRETS = Secrets.fresh()
EVERY = replace(ENVIRONMENT, services=dict.fromkeys(SWITCHES, True), cron={"@daily": ("true",)})
PRODUCTION: dict[str, Any] = {"mode": Mode.PRODUCTION}
LITTLE: dict[str, Any] = {"low_memory": True}


def desired(**changes: Any) -> Desired:
    return describe(context(environment=EVERY, **changes), SECRETS, "digest")


def specs(**changes: Any) -> dict[str, ContainerSpec]:
    return {each.service: each.container for each in desired(**changes).services}


@pytest.mark.parametrize(
    ("service", "usual", "little"),
    [
        ("web", 2048, 1024),
        ("worker", 2048, 1024),
        ("cron", 2048, 1024),
        ("postgres", 1024, 512),
        ("solr", 1024, 512),
        ("redis", 256, 256),
        ("mail", 128, 128),
    ],
)
def test_a_site_with_little_memory_gives_each_service_half_of_the_large_ones(
    service: str, usual: int, little: int
) -> None:
    assert specs()[service].limits.memory == usual
    assert specs(**LITTLE)[service].limits.memory == little


def test_a_one_off_container_may_use_as_much_as_web() -> None:
    for changes in ({}, LITTLE):
        of = context(**changes)
        assert web.one_off(of, ("x",), purpose="x").limits == web.describe(of, "").container.limits


def test_solrs_heap_fits_its_memory_with_as_much_again_outside_of_it() -> None:
    for changes, heap in (({}, 512), (LITTLE, 192)):
        solr_spec = specs(**changes)["solr"]
        assert solr_spec.env == {"SOLR_HEAP": f"{heap}m"}
        assert solr_spec.limits.memory >= 2 * heap


def test_postgres_has_shared_memory_beyond_the_engines_usual() -> None:
    assert specs()["postgres"].limits.shm == 256


def test_background_work_leaves_the_processors_to_pages() -> None:
    for service in processes.COMMANDS:
        assert specs()[service].limits.weight < specs()["web"].limits.weight


def test_the_production_server_has_two_workers_and_one_where_memory_is_little() -> None:
    assert "--workers=2" in specs(**PRODUCTION)["web"].command
    assert "--workers=1" in specs(**PRODUCTION, **LITTLE)["web"].command


def test_either_server_listens_where_the_port_is_published() -> None:
    (port,) = specs(**PRODUCTION)["web"].ports
    assert f"--bind=0.0.0.0:{port.container_port}" in specs(**PRODUCTION)["web"].command
    foreground = web.in_foreground(context(), terminal=False).command
    assert foreground[foreground.index("-p") + 1] == str(port.container_port)


def test_web_in_the_foreground_is_for_one_terminal_and_gone_when_it_ends() -> None:
    spec = web.in_foreground(context(**PRODUCTION), terminal=True)
    assert (spec.terminal, spec.auto_remove, spec.restart) == (True, True, "no")
    assert spec.name == specs()["web"].name
    assert web.in_foreground(context(), terminal=False).terminal is False


def test_web_in_the_foreground_is_ended_as_by_its_terminal_and_not_waited_for_long() -> None:
    spec = web.in_foreground(context(), terminal=False)
    assert spec.stop_signal == "SIGINT"
    assert spec.stop_grace <= 5


def test_a_one_off_container_has_a_terminal_only_where_the_caller_has_one() -> None:
    assert web.one_off(context(), ("x",), purpose="x").terminal is False
    assert web.one_off(context(), ("x",), purpose="x", terminal=True).terminal is True


@pytest.mark.parametrize(
    ("service", "seconds"),
    [("web", 35), ("postgres", 60), ("solr", 30), ("redis", 20), ("worker", 20), ("cron", 20), ("harvest-fetch", 20)],
)
def test_each_service_is_given_its_time_to_end(service: str, seconds: int) -> None:
    assert specs()[service].stop_grace == seconds


def test_the_production_server_may_end_its_requests_and_the_development_server_has_none_worth_it() -> None:
    assert specs()["web"].stop_signal == "SIGKILL"
    production = specs(**PRODUCTION)["web"]
    assert production.stop_signal == "SIGTERM"
    (grace,) = (word.partition("=")[2] for word in production.command if word.startswith("--graceful-timeout="))
    assert int(grace) < production.stop_grace


def test_only_web_and_what_it_asks_is_checked_for_its_health() -> None:
    checked = {service for service, spec in specs().items() if spec.checked}
    assert checked == {"web", "postgres", "solr", "redis"}


@pytest.mark.parametrize("service", sorted(processes.COMMANDS))
def test_what_runs_ckan_starts_anew_with_the_source_in_development_only(service: str) -> None:
    inner = processes.COMMANDS[service]
    assert specs()[service].command == ("python", "/usr/lib/datacats/supervise.py", *inner)
    assert specs(**PRODUCTION)[service].command == inner


@pytest.mark.parametrize("service", ["worker", "cron", "harvest-gather", "harvest-fetch"])
def test_what_runs_ckan_sees_what_web_sees_and_publishes_nothing(service: str) -> None:
    spec, of_web = specs()[service], specs()["web"]
    assert (spec.mounts, spec.env, spec.image, spec.user) == (of_web.mounts, of_web.env, of_web.image, of_web.user)
    assert spec.ports == ()
    assert {alias for each in spec.networks for alias in each.aliases} == {service}


def test_what_ckan_reads_at_its_start_replaces_all_that_run_it_and_nothing_else() -> None:
    other = describe(context(environment=EVERY), SECRETS, "another").services
    changed = {each.service for each in other if each.container.digest != specs()[each.service].digest}
    assert changed == {"web", "worker", "cron", "harvest-gather", "harvest-fetch"}


@pytest.mark.parametrize("mode", Mode)
def test_every_container_says_whose_it_is_and_what(mode: Mode) -> None:
    for service, spec in specs(mode=mode).items():
        assert spec.labels[labels.SERVICE] == service
        assert spec.labels[labels.MODE] == str(mode)
        assert spec.labels[labels.ROOT] == ENVIRONMENT.root
        assert spec.labels[labels.HOME] == str(ENVIRONMENT.data.parent)
        assert (spec.labels[labels.ENVIRONMENT], spec.labels[labels.SITE]) == ("catstown", "primary")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - described, not bound
        ("::", "127.0.0.1"),
        ("::1", "[::1]"),
        ("10.0.0.7", "10.0.0.7"),
    ],
)
def test_web_is_ready_when_its_page_answers_where_it_is_published(address: str, host: str) -> None:
    probe = dict(desired(address=address).ready)["web"]
    assert isinstance(probe, HttpProbe)
    assert (probe.url, probe.container) == (f"http://{host}:5716/", "datacats_web_catstown")


def test_where_the_page_is_closed_to_strangers_web_is_ready_when_solr_answers() -> None:
    ready = dict(desired().ready)
    assert isinstance(ready["web"], HttpProbe)
    assert ready["web"].behind == ready["solr"]


def test_a_first_page_has_two_minutes_and_solr_a_minute_inside_of_its_deadline() -> None:
    ready = dict(desired().ready)
    assert list(ready) == ["solr", "web"]
    assert isinstance(ready["web"], HttpProbe)
    assert ready["web"].deadline == 120
    answers = solr.probe(context())
    assert int(answers.command[-1]) < answers.deadline


def test_redis_keeps_all_it_is_told_and_never_forgets_for_want_of_memory() -> None:
    lines = redis.configuration(SECRETS).decode().splitlines()
    for line in ("appendonly yes", 'save ""', "maxmemory-policy noeviction", "dir /data", "port 6379", "hz 2"):
        assert line in lines
    assert f"requirepass {SECRETS.redis}" in lines


def spared(**changes: Any) -> bool:
    environment = replace(ENVIRONMENT, spares=changes.pop("spares", True))
    return spare.wanted(context(environment=environment, **changes))


def test_a_spare_stands_ready_where_somebody_develops_and_memory_is_no_matter() -> None:
    assert spared()
    assert not spared(spares=False)
    assert not spared(**PRODUCTION)
    assert not spared(**LITTLE)
    assert not spared(placement=Placement.VOLUMES)
    assert not spared(placement=Placement.COPIES)


def of_layer(**changes: Any) -> SiteContext:
    return replace(context(**changes), layer="abc")


def test_what_is_installed_is_seen_read_only_by_all_that_run_ckan_and_by_nothing_else() -> None:
    layer = Mount(str(ENVIRONMENT.layer("abc")), "/usr/lib/extensions", read_only=True)
    found = describe(replace(of_layer(), environment=EVERY), SECRETS, "digest").services
    seeing = {each.service for each in found if layer in each.container.mounts}
    assert seeing == {"web", "worker", "cron", "harvest-gather", "harvest-fetch"}
    assert layer in web.one_off(of_layer(), ("x",), purpose="x").mounts
    assert not [mount for mount in specs()["web"].mounts if mount.target == layer.target]


def test_nothing_writes_to_the_source_or_to_private_files() -> None:
    for placement in Placement:
        for spec in specs(placement=placement).values():
            kept = {mount.target: mount.read_only for mount in spec.mounts if mount.target in {web.PROJECT, common.RUN}}
            assert all(kept.values())
