"""What start changes on the real engine: nothing that matches, one service that does not, and never what is foreign."""

from __future__ import annotations

import socket
from pathlib import Path

import docker
import pytest

from tests.e2e.conftest import Running
from tests.e2e.freezing import freeze
from tests.support.desk import USUAL
from tests.support.proxy import EngineProxy


def changes(site: Running, tmp_path: Path, *arguments: str) -> list[str]:
    """Run datacats behind a recording proxy and return the requests that may have changed something."""
    with EngineProxy(tmp_path / "engine.sock").open() as proxy:
        site.installation.run(*arguments, env={"DOCKER_HOST": proxy.address})
        return [str(request) for request in proxy.changes]


def identities(site: Running, engine: docker.APIClient) -> dict[str, str]:
    names = {service: f"datacats_{service}_{site.name}" for service in USUAL}
    return {service: engine.inspect_container(name)["Id"] for service, name in names.items()}


def test_start_on_a_running_matching_site_changes_nothing(catstown: Running, tmp_path: Path) -> None:
    assert changes(catstown, tmp_path, "start", catstown.name) == []


def test_info_and_list_change_nothing(catstown: Running, tmp_path: Path) -> None:
    assert changes(catstown, tmp_path, "info", catstown.name) == []
    assert changes(catstown, tmp_path, "list") == []


def test_a_dry_run_changes_nothing_and_names_every_step(
    catstown: Running, engine: docker.APIClient, tmp_path: Path
) -> None:
    before = identities(catstown, engine)
    assert changes(catstown, tmp_path, "reload", catstown.name, "--dry-run") == []
    lines = catstown.installation.text("reload", catstown.name, "--dry-run").splitlines()
    assert lines[0] == f"1 remove datacats_web_{catstown.name} (asked for)"
    assert identities(catstown, engine) == before


def test_a_changed_description_replaces_just_the_services_that_it_is_of(
    catstown: Running, engine: docker.APIClient
) -> None:
    before = identities(catstown, engine)
    toml = catstown.source / "datacats.toml"
    text = toml.read_text()
    toml.write_text(f'{text}TZ = "Europe/Vienna"\n')
    catstown.installation.run("start", catstown.name)
    toml.write_text(text)
    after = identities(catstown, engine)
    assert {service for service in USUAL if before[service] != after[service]} == {"web", "worker"}
    catstown.installation.run("start", catstown.name)


@pytest.mark.parametrize("service", USUAL)
def test_a_stopped_or_paused_service_comes_back_as_the_same_container(
    catstown: Running, engine: docker.APIClient, service: str
) -> None:
    before = identities(catstown, engine)
    name = f"datacats_{service}_{catstown.name}"
    freeze(engine, name)
    catstown.installation.run("start", catstown.name)
    engine.stop(name, timeout=60)
    catstown.installation.run("start", catstown.name)
    assert identities(catstown, engine) == before
    assert catstown.ckan.get("/dataset/")[0] == 200


def test_a_stopped_site_frees_its_port_and_comes_back_on_it(catstown: Running) -> None:
    catstown.installation.run("stop", catstown.name)
    assert "web (exited)" in catstown.installation.text("info", catstown.name)
    catstown.installation.run("start", catstown.name)
    assert catstown.ckan.get("/")[0] == 200


def test_a_taken_port_is_told_with_its_holder_and_nothing_is_lost(catstown: Running) -> None:
    catstown.installation.run("stop", catstown.name)
    port = int(catstown.ckan.url.rsplit(":", 1)[1].strip("/"))
    with socket.create_server(("127.0.0.1", port)):
        said = catstown.installation.run("start", catstown.name, status=13).stderr.decode()
        assert str(port) in said
        assert "Traceback" not in said
    catstown.installation.run("start", catstown.name)
    assert catstown.ckan.get("/")[0] == 200


def test_a_foreign_container_with_our_name_is_refused_and_left_alone(
    catstown: Running, engine: docker.APIClient
) -> None:
    name = catstown.installation.name("foreign")
    image = engine.inspect_container(f"datacats_redis_{catstown.name}")["Config"]["Image"]
    foreign = engine.create_container(image, name=f"datacats_web_{name}")["Id"]
    try:
        said = catstown.installation.run("create", name, status=5).stderr.decode()
        assert f"datacats_web_{name} was not made by datacats" in said
        assert engine.inspect_container(foreign)["State"]["Status"] == "created"
    finally:
        engine.remove_container(foreign)
    catstown.installation.run("create", name, "--image-only")
    catstown.installation.run("purge", name, "-y", "--delete-environment")


def test_one_name_from_two_data_roots_is_refused_by_its_holder(catstown: Running, tmp_path: Path) -> None:
    other = tmp_path / "other"
    env = {"DATACATS_HOME": str(other)}
    said = catstown.installation.run("create", catstown.name, cwd=tmp_path, status=5, env=env).stderr.decode()
    assert f"belongs to the data root {catstown.installation.home}" in said
    assert catstown.ckan.get("/")[0] == 200
    assert not (tmp_path / catstown.name).exists()
