"""The same road as an ordinary user of the docker group."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator

import docker
import pytest

from tests.e2e.ckan import Ckan
from tests.e2e.conftest import PASSWORD
from tests.e2e.installation import Installation
from tests.e2e.person import Person
from tests.e2e.road import assert_all_there, put_in
from tests.support.desk import USUAL
from tests.support.users import needs_root


@pytest.fixture
def person() -> Iterator[Person]:
    name = f"dctest{secrets.token_hex(3)}"
    subprocess.run(["useradd", "--no-create-home", "--groups", "docker", name], check=True)
    installation = Installation()
    try:
        yield Person(name, installation)
    finally:
        installation.remove()
        subprocess.run(["userdel", name], check=True)


@needs_root
def test_an_ordinary_user_goes_the_same_road_and_owns_every_file(person: Person, engine: docker.APIClient) -> None:
    name = person.installation.name("own")
    person.run("create", name, "--admin-password-stdin", stdin=PASSWORD.encode())
    ckan = Ckan(person.run("info", name).stdout.decode().split("Available at: ")[1].strip())
    assert ckan.sign_in("admin", PASSWORD)
    ckan.token = person.run("ckan", "-e", name, "user", "token", "add", "admin", "t", "-q").stdout.decode().strip()
    dataset = put_in(ckan)
    assert_all_there(ckan, dataset)
    for service in USUAL:
        engine.remove_container(f"datacats_{service}_{name}", force=True)
    person.run("reload", name)
    assert_all_there(ckan, dataset)
    person.run("paster", "-e", name, "--plugin=ckan", "db", "upgrade")
    assert_all_there(ckan, dataset)
    foreign = subprocess.run(
        ["find", str(person.installation.home), str(person.installation.work), "!", "-uid", str(person.uid)],
        capture_output=True,
        check=True,
    )
    assert foreign.stdout == b""
    person.run("purge", name, "-y", "--delete-environment")
    assert not (person.installation.home / name).exists()
    assert not (person.installation.work / name).exists()
    assert not engine.containers(all=True, filters={"name": name})
