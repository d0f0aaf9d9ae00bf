"""What containers make of answers that a well engine rarely gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from datacats.engine.client import DockerEngine
from datacats.engine.endpoint import Endpoint
from datacats.errors import EngineError
from datacats.model.image import ImageRef
from datacats.model.observed import ContainerSeen, ImageSeen, NetworkSeen
from datacats.model.service import PublishedPort
from tests.support.scripted import ScriptedEngine


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[ScriptedEngine]:
    with closing(ScriptedEngine(tmp_path / "socket")) as scripted:
        yield scripted


@pytest.fixture
def engine(scripted: ScriptedEngine) -> DockerEngine:
    return DockerEngine(Endpoint(path=str(scripted.path)))


def says(scripted: ScriptedEngine, *answers: tuple[int, Any]) -> None:
    """Let the engine give these answers, one a request."""
    left = iter(answers)

    def content() -> bytes:
        status, body = next(left)
        told = json.dumps(body).encode()
        return b"HTTP/1.1 %d W\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, len(told), told)

    scripted.serve = lambda link: link.sendall(content())


def asked(scripted: ScriptedEngine) -> list[str]:
    """Return the first line of each request, without the version of HTTP."""
    return [head.split(b" HTTP", 1)[0].decode() for head in scripted.heads]


def test_a_container_that_somebody_else_is_removing_is_waited_for(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    busy = {"message": "removal of container x is already in progress"}
    says(scripted, (409, busy), (200, {"StatusCode": 0}))

    engine.containers.remove("x")

    assert asked(scripted)[1] == "POST /v1.41/containers/x/wait?condition=removed"


def test_a_container_that_is_gone_before_it_can_be_waited_for_is_removed_too(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    says(
        scripted,
        (409, {"message": "removal of container x is already in progress"}),
        (404, {"message": "No such container: x"}),
    )

    engine.containers.remove("x")


def test_any_other_refusal_to_remove_is_told(engine: DockerEngine, scripted: ScriptedEngine) -> None:
    says(scripted, (500, {"message": "driver failed to remove root filesystem: device busy"}))

    with pytest.raises(EngineError, match="device busy"):
        engine.containers.remove("x")


def test_a_container_is_read_from_a_list_with_only_its_published_ports(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    told = {
        "Id": "1",
        "Names": ["/web"],
        "Image": "datacats/web:1",
        "State": "running",
        "Status": "Up 1 second",
        "Labels": {"a": "b"},
        "Ports": [
            {"PrivatePort": 9000, "Type": "tcp"},
            {"IP": "::", "PrivatePort": 5000, "PublicPort": 80, "Type": "tcp"},
            {"IP": "0.0.0.0", "PrivatePort": 5000, "PublicPort": 80, "Type": "tcp"},  # noqa: S104 - read, not bound
        ],
        "NetworkSettings": {"Networks": {"front": {}, "back": {}}},
    }
    says(scripted, (200, [told]))

    assert engine.containers.list() == (
        ContainerSeen(
            id="1",
            name="web",
            image="datacats/web:1",
            state="running",
            status="Up 1 second",
            labels={"a": "b"},
            ports=(PublishedPort("0.0.0.0", 80, 5000), PublishedPort("::", 80, 5000)),  # noqa: S104 - read, not bound
            networks=("back", "front"),
        ),
    )


def test_a_container_of_which_little_is_told_is_read_all_the_same(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    told = {"Id": "1", "Names": None, "Image": "x", "State": "dead", "Status": "Dead", "Labels": None, "Ports": None}
    says(scripted, (200, [told]))

    assert engine.containers.list() == (ContainerSeen(id="1", name="", image="x", state="dead", status="Dead"),)


def test_a_network_without_a_subnet_and_an_image_without_a_name_are_read_all_the_same(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    network = {"Id": "1", "Name": "host", "IPAM": {"Config": None}, "Labels": None}
    image = {"Id": "sha256:1", "RepoTags": None, "Size": 5, "Created": 7, "Labels": None}
    says(scripted, (200, [network]), (200, [image]))

    assert engine.networks.list() == (NetworkSeen("1", "host"),)
    assert engine.images.list() == (ImageSeen("sha256:1", (), 5, 7),)


def test_a_list_is_asked_for_by_a_name_s_beginning_taken_literally(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    says(scripted, (200, []))

    engine.containers.list(name="a.b_c", label="k=v")

    assert (
        "filters=%7B%22name%22%3A+%5B%22%5E%2F%3Fa%5C%5C.b_c%22%5D%2C+%22label%22%3A+%5B%22k%3Dv%22%5D%7D"
        in (asked(scripted)[0])
    )


def test_an_image_in_a_registry_is_asked_for_under_its_whole_name(
    engine: DockerEngine, scripted: ScriptedEngine
) -> None:
    says(scripted, (200, {"Id": "1"}))

    assert engine.images.exists(ImageRef("127.0.0.1:5000/datacats/web", "1"))

    assert asked(scripted) == ["GET /v1.41/images/127.0.0.1%3A5000/datacats/web%3A1/json"]


@pytest.mark.parametrize(("told", "named"), [("x86_64", "amd64"), ("aarch64", "arm64"), ("riscv64", "riscv64")])
def test_an_engine_s_architecture_is_named_as_images_name_it(
    engine: DockerEngine, scripted: ScriptedEngine, told: str, named: str
) -> None:
    says(
        scripted,
        (
            200,
            {
                "ServerVersion": "20.10.24",
                "Architecture": told,
                "OperatingSystem": "Debian",
                "MemTotal": 1,
                "NCPU": 2,
                "DockerRootDir": "/var/lib/docker",
                "SecurityOptions": ["name=seccomp", "name=rootless"],
            },
        ),
    )

    info = engine.info()

    assert info.architecture == named
    assert info.rootless
