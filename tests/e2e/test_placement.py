"""Engines that cannot use our files: the same road, with the data in volumes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from datacats.model import labels
from tests.e2e.ckan import Ckan
from tests.e2e.conftest import PASSWORD
from tests.e2e.installation import Installation
from tests.e2e.person import Person
from tests.support.rootless import Rootless, rootless_engine
from tests.support.users import needs_root

pytestmark = needs_root


@pytest.fixture(scope="module")
def rootless(installation: Installation) -> Iterator[Rootless]:
    """A rootless engine that has the images."""
    with rootless_engine() as engine:
        archive = engine.base / "images.tar"
        installation.run("images", "build")
        installation.run("images", "save", str(archive))
        installation.run("images", "load", str(archive), env={"DOCKER_HOST": engine.address})
        archive.unlink()
        yield engine


def person_on(engine: Rootless, installation: Installation) -> Person:
    return Person(engine.user, installation, {"DOCKER_HOST": engine.address})


def of(engine: Rootless, name: str) -> dict[str, list[str]]:
    """The containers, networks and volumes of an environment."""
    api = docker.APIClient(engine.address)
    chosen = {"label": f"{labels.ENVIRONMENT}={name}"}
    return {
        "containers": sorted(each["Names"][0] for each in api.containers(all=True, filters=chosen)),
        "networks": sorted(each["Name"] for each in api.networks(filters=chosen)),
        "volumes": sorted(each["Name"] for each in api.volumes(filters=chosen)["Volumes"] or ()),
    }


def test_on_a_rootless_engine_data_lies_in_volumes_and_no_container_is_missed(rootless: Rootless) -> None:
    installation = Installation()
    try:
        _the_main_road(rootless, person_on(rootless, installation))
    finally:
        installation.remove()


def _the_main_road(engine: Rootless, person: Person) -> None:
    name = person.installation.name("less")
    person.run("create", name, "--admin-password-stdin", stdin=PASSWORD.encode())
    told = person.run("info", name).stdout.decode()
    assert f"datacats_postgres_{name}" in told.split("Data dir: ")[1].splitlines()[0]
    ckan = Ckan(told.split("Available at: ")[1].strip())
    ckan.token = person.run("ckan", "-e", name, "user", "token", "add", "admin", "t", "-q").stdout.decode().strip()
    ckan.action("organization_create", name="cats")
    package = ckan.action("package_create", name="fur", title="Fur in Spring", owner_org="cats")
    file = ckan.upload(package["id"], "fur.csv", b"colour,weight\nred,3\n")

    def is_all_there() -> bool:
        found = ckan.action("package_search", q="spring")["count"]
        return found == 1 and ckan.get(file["url"].removeprefix(ckan.url.rstrip("/")))[1].startswith("colour")

    assert is_all_there()
    work = person.installation.work
    person.run("db", "dump", "-e", name, str(work / "fur.dump"))
    person.run("files", "export", "-e", name, str(work / "fur.tar"))
    for container in of(engine, name)["containers"]:
        docker.APIClient(engine.address).remove_container(container, force=True)
    ini = work / name / "ckan.ini"
    ini.write_text(ini.read_text().replace(f"ckan.site_title = {name}", "ckan.site_title = Fur Town"))
    person.run("reload", name)
    assert is_all_there()
    assert "Fur Town" in ckan.get("/")[1]
    ckan.action("package_delete", id="fur")
    person.run("db", "load", "-e", name, str(work / "fur.dump"))
    person.run("files", "import", "-e", name, str(work / "fur.tar"))
    assert is_all_there()
    _secrets_are_closed(engine, name)
    person.run("purge", name, "-y")
    assert not any(of(engine, name).values())


def _secrets_are_closed(engine: Rootless, name: str) -> None:
    api = docker.APIClient(engine.address)
    volume = Path(api.inspect_volume(f"datacats_run-web_{name}")["Mountpoint"])
    assert {path.stat().st_mode & 0o777 for path in volume.iterdir()} == {0o600}
    told = api.inspect_container(f"datacats_redis_{name}")["Mounts"]
    assert sorted(each["Name"] for each in told) == [f"datacats_redis_{name}", f"datacats_run-redis_{name}"]


def test_an_engine_that_does_not_see_our_files_runs_production_from_a_copy(rootless: Rootless) -> None:
    installation = Installation(rootless.unseen)
    rootless.unseen.chmod(0o755)
    try:
        _a_copy(rootless, person_on(rootless, installation))
    finally:
        installation.remove()


def _a_copy(engine: Rootless, person: Person) -> None:
    name = person.installation.name("far")
    refused = person.run("create", name, "--bare", status=5).stderr.decode()
    assert "does not see" in refused
    assert "--production" in refused
    person.run("create", name, "--bare", "--production", "--admin-password-stdin", stdin=PASSWORD.encode())
    ckan = Ckan(person.run("info", name).stdout.decode().split("Available at: ")[1].strip())
    assert ckan.sign_in("admin", PASSWORD)
    ini = person.installation.work / name / "ckan.ini"
    ini.write_text(ini.read_text().replace(f"ckan.site_title = {name}", "ckan.site_title = Fur Town"))
    person.run("reload", name)
    assert "Fur Town" in ckan.get("/")[1]
    person.run("purge", name, "-y")
    assert not any(of(engine, name).values())
