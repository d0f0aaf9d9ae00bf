"""The main road: from nothing to a catalogue with data in it, and every container thrown away on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import docker
import pytest

from tests.e2e.ckan import Ckan
from tests.e2e.conftest import PASSWORD, Running
from tests.e2e.road import Dataset, assert_all_there, put_in
from tests.support.desk import USUAL


@pytest.fixture(scope="module")
def dataset(catstown: Running) -> Dataset:
    return put_in(catstown.ckan)


def test_info_reads_as_on_the_seed_page(catstown: Running) -> None:
    lines = catstown.installation.text("info", cwd=catstown.source).splitlines()
    port = catstown.ckan.url.rsplit(":", 1)[1].strip("/")
    assert lines == [
        f"Environment name: {catstown.name}",
        f"Default port: {port}",
        f"Environment dir: {catstown.source}",
        f"Data dir: {catstown.installation.home / catstown.name}",
        "Containers: web postgres solr redis worker mail",
        f"Available at: {catstown.ckan.url}",
    ]


def test_docker_ps_reads_as_on_the_seed_page(catstown: Running, engine: docker.APIClient) -> None:
    seen = {each["Names"][0]: each for each in engine.containers() if catstown.name in each["Names"][0]}
    assert set(seen) == {f"/datacats_{service}_{catstown.name}" for service in USUAL}
    images = {name: each["Image"].partition(":")[0] for name, each in seen.items()}
    assert images[f"/datacats_solr_{catstown.name}"] == "datacats/search"
    assert images[f"/datacats_web_{catstown.name}"] == "datacats/web"
    published = {name: [p for p in each["Ports"] if "PublicPort" in p] for name, each in seen.items()}
    assert [name for name, ports in published.items() if ports] == [f"/datacats_web_{catstown.name}"]
    (port,) = published[f"/datacats_web_{catstown.name}"]
    assert (port["IP"], port["PrivatePort"]) == ("127.0.0.1", 5000)


def test_the_administrator_signs_in_with_the_chosen_password_only(catstown: Running) -> None:
    visitor = Ckan(catstown.ckan.url)
    assert not visitor.sign_in("admin", "something-else")
    assert visitor.sign_in("admin", PASSWORD)


def test_what_is_put_in_is_found_again(catstown: Running, dataset: Dataset) -> None:
    assert_all_there(catstown.ckan, dataset)


@pytest.mark.parametrize("services", [[each] for each in USUAL] + [list(USUAL)], ids="-".join)
def test_any_container_can_be_thrown_away(
    catstown: Running, dataset: Dataset, engine: docker.APIClient, services: list[str]
) -> None:
    for service in services:
        engine.remove_container(f"datacats_{service}_{catstown.name}", force=True)
    catstown.installation.run("reload", catstown.name)
    assert_all_there(catstown.ckan, dataset)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 180
    while not condition():
        assert time.monotonic() < end, "it never came about"
        threading.Event().wait(0.2)


def test_a_queued_job_survives_its_redis_and_runs_once_there_is_a_worker(
    catstown: Running, engine: docker.APIClient
) -> None:
    engine.stop(f"datacats_worker_{catstown.name}")
    catstown.installation.run("ckan", "-e", catstown.name, "jobs", "test")
    (job,) = catstown.ckan.action("job_list")
    time.sleep(1.1)  # Redis syncs its file once a second; that second is what a crash may cost
    engine.remove_container(f"datacats_redis_{catstown.name}", force=True)
    catstown.installation.run("reload", catstown.name)
    wait_for(lambda: f"finished job {job['id']}" in catstown.installation.text("logs", "worker", "-e", catstown.name))
    assert catstown.ckan.action("job_list") == []


def test_a_one_off_command_is_a_second_web_container_while_it_runs_and_none_after(
    catstown: Running, engine: docker.APIClient
) -> None:
    def web_containers() -> list[str]:
        return [
            each["Names"][0]
            for each in engine.containers(all=True, filters={"label": f"org.datacats.environment={catstown.name}"})
            if each["Image"].startswith("datacats/web") and each["Labels"].get("org.datacats.service", "web") == "web"
        ]

    most: list[str] = []
    with catstown.installation.start("paster", "--plugin=ckan", "db", "upgrade", cwd=catstown.source) as running:
        while running.poll() is None:
            most = max(most, web_containers(), key=len)
        assert running.returncode == 0, running.communicate()
    assert len(most) == 2
    assert [name for name in most if catstown.name in name] == [f"/datacats_web_{catstown.name}"]
    assert web_containers() == [f"/datacats_web_{catstown.name}"]


def test_a_one_off_command_passes_streams_and_status_through(catstown: Running) -> None:
    done = catstown.installation.run("ckan", "-e", catstown.name, "no-such-command", status=2)
    assert b"No such command" in done.stderr
