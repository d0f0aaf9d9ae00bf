"""Images travel: to a registry, to an engine that has none of them, and in an archive."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests.e2e.conftest import Running
from tests.support.users import needs_root

_REGISTRY = """\
version: 0.1
storage:
  filesystem:
    rootdirectory: {root}
http:
  addr: 127.0.0.1:{port}
"""

pytestmark = needs_root


@dataclass
class Elsewhere:
    """A second engine, empty, and a registry that both reach."""

    socket: Path
    registry: str

    @property
    def api(self) -> docker.APIClient:
        """The second engine, asked without datacats."""
        return docker.APIClient(f"unix://{self.socket}")

    def names(self) -> set[str]:
        """The names of all its images."""
        return {name for image in self.api.images() for name in image["RepoTags"] or ()}


@contextmanager
def process(*command: str) -> Iterator[None]:
    """Run a server in a process group of its own, and end all of it."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as running:
        try:
            yield
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(30)


@contextmanager
def a_bridge(name: str) -> Iterator[None]:
    """A bridge for the second engine: an engine told to have none removes the first one's."""
    subprocess.run(["ip", "link", "add", name, "type", "bridge"], check=True)
    try:
        subprocess.run(["ip", "address", "add", "10.217.255.1/24", "dev", name], check=True)
        yield
    finally:
        subprocess.run(["ip", "link", "delete", name], check=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    base = Path(tempfile.mkdtemp(prefix="datacats-e2e-engine-"))
    port = free_port()
    configuration = base / "registry.yml"
    configuration.write_text(_REGISTRY.format(root=base / "registry", port=port))
    bridge = f"dct{secrets.token_hex(3)}"
    dockerd = (
        *(
            "dockerd",
            "--host",
            f"unix://{base}/docker.sock",
            "--data-root",
            f"{base}/data",
            "--exec-root",
            f"{base}/exec",
        ),
        *("--pidfile", f"{base}/pid", "--bridge", bridge, "--iptables=false"),
    )
    with a_bridge(bridge), process("docker-registry", "serve", str(configuration)), process(*dockerd):
        found = Elsewhere(base / "docker.sock", f"127.0.0.1:{port}")
        wait_until_answers(found, port)
        yield found
    shutil.rmtree(base, ignore_errors=True)


def wait_until_answers(found: Elsewhere, port: int) -> None:
    """Wait until both servers listen, at most a minute."""
    for attempt in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(found.socket))
        except OSError:
            assert attempt < 599, "the registry or the second engine did not start"
            signal.sigtimedwait([], 0.1)
        else:
            return


def test_images_are_pushed_and_an_engine_that_has_none_takes_them_from_there(
    catstown: Running, elsewhere: Elsewhere
) -> None:
    pushed = catstown.installation.result("images", "push", "--registry", elsewhere.registry)["images"]
    assert all(name.startswith(f"{elsewhere.registry}/datacats/") for name in pushed)
    assert not elsewhere.names()
    env = {"DOCKER_HOST": f"unix://{elsewhere.socket}", "DATACATS_REGISTRY": elsewhere.registry}
    pulled = catstown.installation.result("images", "build", env=env)["images"]
    assert [name.removeprefix(f"{elsewhere.registry}/") for name in pushed] == pulled
    assert set(pulled) <= elsewhere.names()
    here = {name for image in docker.APIClient().images() for name in image["RepoTags"] or ()}
    assert here.isdisjoint(pushed)


def test_images_travel_in_an_archive_without_any_network(
    catstown: Running, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    for name in elsewhere.names():
        elsewhere.api.remove_image(name, force=True)
    archive = tmp_path / "images.tar"
    env = {"DOCKER_HOST": f"unix://{elsewhere.socket}"}
    saved = catstown.installation.result("images", "save", str(archive))["images"]
    catstown.installation.run("images", "load", str(archive), env=env)
    assert set(saved) == elsewhere.names()
    archive.unlink()


def test_pruning_removes_only_images_of_datacats_that_nobody_needs(catstown: Running, elsewhere: Elsewhere) -> None:
    api = elsewhere.api
    some = next(name for name in elsewhere.names() if name.startswith("datacats/redis:"))
    api.tag(some, "somebody/else", "1")
    api.tag(some, "datacats/redis", "6.0-000000000000")
    env = {"DOCKER_HOST": f"unix://{elsewhere.socket}"}
    catstown.installation.run("images", "prune", env=env)
    assert "somebody/else:1" in elsewhere.names()
    assert some in elsewhere.names()
    assert "datacats/redis:6.0-000000000000" not in elsewhere.names()
