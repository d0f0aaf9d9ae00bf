"""What the options of ``create`` make of a real site."""

from __future__ import annotations

import socket
from pathlib import Path

import docker

from tests.e2e.ckan import Ckan
from tests.e2e.conftest import PASSWORD, Running
from tests.e2e.installation import Installation

ADDRESS = "127.0.0.77"
SITE_URL = "http://data.example:8080"


def test_a_lean_production_site_has_what_was_asked_for_and_nothing_else(
    installation: Installation, engine: docker.APIClient
) -> None:
    options = ("--bare", "--low-memory", "--no-datastore", "--no-sysadmin", "--production")
    name = installation.name("lean")
    made = installation.result("create", name, *options, "--address", ADDRESS, "--site-url", SITE_URL)
    assert made["url"] == f"{SITE_URL}/"
    ((address, port),) = _published(engine, f"datacats_web_{name}")
    assert address == ADDRESS
    _refused("127.0.0.1", port)
    site = Ckan(f"http://{address}:{port}")
    assert f'name="site-root" content="{SITE_URL}/"' in site.get("/")[1]
    told = site.action("status_show")
    assert told["site_url"] == SITE_URL
    assert "datastore" not in told["extensions"]
    assert "admin" not in installation.text("psql", "-e", name, "-Atc", 'SELECT name FROM "user"').split()
    assert not [each.name for each in (installation.work / name).iterdir() if each.name.startswith("ckanext-")]
    assert "SOLR_HEAP=192m" in engine.inspect_container(f"datacats_solr_{name}")["Config"]["Env"]
    installation.run("purge", name, "-y", "--delete-environment")


def _published(engine: docker.APIClient, container: str) -> list[tuple[str, int]]:
    bindings = engine.inspect_container(container)["HostConfig"]["PortBindings"]
    return [(each["HostIp"], int(each["HostPort"])) for ports in bindings.values() for each in ports]


def _refused(address: str, port: int) -> None:
    with socket.socket() as client:
        assert client.connect_ex((address, port)) != 0


def test_a_site_with_empty_databases_becomes_the_one_that_is_loaded(
    installation: Installation, catstown: Running, tmp_path: Path
) -> None:
    catstown.ckan.action("organization_create", name="movers", title="Movers")
    dump = tmp_path / "catstown.dump"
    installation.run("db", "dump", str(dump), "-e", catstown.name)
    name = installation.name("hollow")
    made = installation.result("create", name, "--bare", "--no-init-db")
    assert (made["running"], made["initialised"]) == (False, False)
    installation.run("db", "load", str(dump), "-e", name)
    site = Ckan(installation.result("start", name)["url"])
    assert "movers" in site.action("organization_list")
    assert site.sign_in("admin", PASSWORD)
    installation.run("purge", name, "-y", "--delete-environment")


def test_a_site_that_was_only_made_serves_when_it_is_started(installation: Installation) -> None:
    name = installation.name("later")
    made = installation.result(
        "create", name, "--bare", "--image-only", "--admin-password-stdin", stdin=b"cat-flap-99\n"
    )
    assert made["running"] is False
    site = Ckan(installation.result("start", name)["url"])
    assert site.get("/")[0] == 200
    installation.run("purge", name, "-y", "--delete-environment")
