"""What is left of a site when the power of its host goes, and comes back."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from tests.e2e.installation import PROGRAM, Installation
from tests.support.machine import Machine, machine
from tests.support.users import needs_root

pytestmark = needs_root


@pytest.fixture(scope="module")
def host(installation: Installation) -> Iterator[Machine]:
    """A machine whose engine has the images."""
    with machine() as made:
        archive = made.base / "images.tar"
        installation.run("images", "build")
        installation.run("images", "save", str(archive))
        installation.run("images", "load", str(archive), env={"DOCKER_HOST": made.address})
        archive.unlink()
        yield made


class Hosted:
    """An environment on that machine."""

    def __init__(self, installation: Installation, host: Machine) -> None:
        self.installation, self.host, self.name = installation, host, installation.name("hosted")
        self.run("create", str(installation.work / self.name), "--bare", "--low-memory", "--production")
        self.url = self.run("info", self.name).split("Available at: ")[1].strip()

    def run(self, *arguments: str) -> str:
        """Run datacats on that machine."""
        done = self.host.run(*PROGRAM, *arguments, env=self.installation.env)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def containers(self) -> dict[str, str]:
        """The state of each container, by its identity."""
        return {each["Id"]: each["State"] for each in self.host.engine.containers(all=True)}

    def reboot(self) -> None:
        """Cut the power, and switch the machine on again."""
        self.host.cut()
        self.host.boot()


@pytest.fixture(scope="module")
def site(installation: Installation, host: Machine) -> Hosted:
    return Hosted(installation, host)


def test_a_production_site_comes_back_by_itself(site: Hosted) -> None:
    before = site.containers()
    site.reboot()
    deadline = time.monotonic() + 180
    while site.host.page(f"{site.url}dataset/")[0] != 200:
        assert time.monotonic() < deadline, site.containers()
        signal.sigtimedwait([], 0.1)
    assert site.containers() == before


def test_a_development_site_comes_back_by_start_as_the_same_containers(site: Hosted) -> None:
    site.run("start", site.name, "--development")
    before = site.containers()
    site.reboot()
    assert site.containers() == dict.fromkeys(before, "exited")
    site.run("start", site.name)
    assert site.containers() == before
    assert site.host.page(f"{site.url}dataset/")[0] == 200
