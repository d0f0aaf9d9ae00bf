"""Descriptions of containers and networks: any change must show in the digest, or nothing would be replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from datacats.model import labels
from datacats.model.image import ImageRef
from datacats.model.service import Attachment, ContainerSpec, Limits, Mount, NetworkSpec, PublishedPort

MOUNT = Mount("/src/cats", "/project")
PORT = PublishedPort("127.0.0.1", 5716, 5000)
ON_BACK = Attachment("datacats_back_cats", ("db",))
CONTAINER = ContainerSpec(
    "datacats_web_cats",
    ImageRef("datacats/web", "1"),
    ("ckan", "run"),
    "1000:1000",
    mounts=(MOUNT,),
    networks=(ON_BACK,),
    ports=(PORT,),
)
NETWORK = NetworkSpec("datacats_back_cats", "10.0.0.0/27", internal=True)

CONTAINER_CHANGES: Mapping[str, Any] = {
    "name": "datacats_web_dogs",
    "image": ImageRef("datacats/web", "2"),
    "command": ("ckan run",),
    "user": "1000:1001",
    "env": {"A": "1"},
    "mounts": (),
    "tmpfs": {"/tmp": "size=1m"},  # noqa: S108 - a path in a container
    "networks": (),
    "ports": (),
    "limits": Limits(memory=512),
    "restart": "unless-stopped",
    "read_only": False,
    "stop_signal": "SIGINT",
    "stop_grace": 60,
    "working_dir": "/project",
    "hostname": "cats",
    "auto_remove": True,
    "terminal": True,
    "checked": False,
    "stdin_open": True,
    "labels": {labels.SITE: "primary"},
}
NETWORK_CHANGES: Mapping[str, Any] = {
    "name": "datacats_back_dogs",
    "subnet": "10.0.0.32/27",
    "internal": False,
    "labels": {labels.SITE: "primary"},
}


@pytest.mark.parametrize("field", CONTAINER_CHANGES)
def test_each_field_of_a_container_shows_in_its_digest(field: str) -> None:
    assert replace(CONTAINER, **{field: CONTAINER_CHANGES[field]}).digest != CONTAINER.digest


@pytest.mark.parametrize("field", NETWORK_CHANGES)
def test_each_field_of_a_network_shows_in_its_digest(field: str) -> None:
    assert replace(NETWORK, **{field: NETWORK_CHANGES[field]}).digest != NETWORK.digest


def test_no_field_is_left_out_of_those_tests() -> None:
    assert {field.name for field in fields(ContainerSpec)} == set(CONTAINER_CHANGES)
    assert {field.name for field in fields(NetworkSpec)} == set(NETWORK_CHANGES)


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("mounts", [replace(MOUNT, source="/src/dogs"), replace(MOUNT, target="/app"), replace(MOUNT, read_only=True)]),
        ("mounts", [replace(MOUNT, volume=True)]),
        ("ports", [replace(PORT, address="::1"), replace(PORT, port=5717), replace(PORT, container_port=80)]),
        ("networks", [replace(ON_BACK, network="other"), replace(ON_BACK, aliases=())]),
    ],
)
def test_each_detail_of_a_part_shows_in_the_digest(field: str, parts: list[Any]) -> None:
    changes: list[dict[str, Any]] = [{field: (part,)} for part in parts]
    digests = {replace(CONTAINER, **change).digest for change in changes}
    assert len(digests | {CONTAINER.digest}) == len(parts) + 1


@pytest.mark.parametrize("limits", [Limits(memory=1), Limits(pids=1), Limits(shm=1)])
def test_each_limit_shows_in_the_digest(limits: Limits) -> None:
    assert replace(CONTAINER, limits=limits).digest != CONTAINER.digest


def test_the_order_of_variables_and_labels_does_not_matter() -> None:
    one = replace(CONTAINER, env={"A": "1", "B": "2"}, labels={labels.ROOT: "r", labels.SITE: "s"})
    other = replace(CONTAINER, env={"B": "2", "A": "1"}, labels={labels.SITE: "s", labels.ROOT: "r"})
    assert one.digest == other.digest


def test_the_same_description_has_the_same_digest_in_every_process() -> None:
    spec = ContainerSpec("a", ImageRef("b", "c"), ("d",), "1:1")
    assert spec.digest == "bffcc51cab90180107463088ceea07e07918f45cf3a5c3053a7541ae15eedcf7"


def test_a_labelled_description_carries_the_digest_and_its_other_labels() -> None:
    spec = replace(CONTAINER, labels={labels.SITE: "primary"})
    assert spec.labelled().labels == {labels.SITE: "primary", labels.SPEC: spec.digest}
    assert replace(spec.labelled(), labels=spec.labels) == spec
