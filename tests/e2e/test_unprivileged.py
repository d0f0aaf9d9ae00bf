"""The same road as an ordinary user of the docker group."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests.e2e.ckan import Ckan
from tests.e2e.conftest import PASSWORD
from tests.e2e.installation import Installation
from tests.support.users import needs_root

_PACKAGES = ("datacats", "click", "docker", "requests", "urllib3", "tomlkit", "idna", "certifi", "charset_normalizer")


@dataclass
class Person:
    """An ordinary user with an installation of datacats."""

    name: str
    installation: Installation
    packages: Path

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Run datacats as that user with the system's own Python; it must succeed."""
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.installation.base),
            "PYTHONPATH": str(self.packages),
            "DATACATS_HOME": str(self.installation.home),
            "DATACATS_SUBNETS": "10.217.0.0/16",
        }
        if host := os.environ.get("DOCKER_HOST"):
            env["DOCKER_HOST"] = host
        command = ["/usr/sbin/runuser", "-u", self.name, "--", "/usr/bin/python3", "-m", "datacats", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, env=env, cwd=self.installation.work, check=False, timeout=600
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


@pytest.fixture
def person() -> Iterator[Person]:
    name = f"dctest{secrets.token_hex(3)}"
    subprocess.run(["useradd", "--no-create-home", "--groups", "docker", name], check=True)
    installation = Installation()
    try:
        user = pwd.getpwnam(name)
        packages = installation.base / "packages"
        for package in _PACKAGES:
            spec = importlib.util.find_spec(package)
            assert spec is not None
            assert spec.origin is not None
            shutil.copytree(Path(spec.origin).parent, packages / package)
        subprocess.run(["chmod", "-R", "a+rX", str(packages)], check=True)
        for directory in (installation.base, installation.home, installation.work):
            os.chown(directory, user.pw_uid, user.pw_gid)
        yield Person(name, installation, packages)
    finally:
        installation.remove()
        subprocess.run(["userdel", name], check=True)


@needs_root
def test_an_ordinary_user_makes_uses_and_purges_an_environment_and_owns_every_file(
    person: Person, engine: docker.APIClient
) -> None:
    name = person.installation.name("own")
    person.run("create", name, "--admin-password-stdin", stdin=PASSWORD.encode())
    url = person.run("info", name).decode().split("Available at: ")[1].strip()
    assert Ckan(url).sign_in("admin", PASSWORD)
    engine.remove_container(f"datacats_web_{name}", force=True)
    person.run("reload", name)
    assert b"admin" in person.run("ckan", "-e", name, "user", "list")
    uid = pwd.getpwnam(person.name).pw_uid
    foreign = subprocess.run(
        ["find", str(person.installation.home), str(person.installation.work), "!", "-uid", str(uid)],
        capture_output=True,
        check=True,
    )
    assert foreign.stdout == b""
    person.run("purge", name, "-y", "--delete-environment")
    assert not (person.installation.home / name).exists()
    assert not (person.installation.work / name).exists()
    assert not engine.containers(all=True, filters={"name": name})
