"""Services: the full desired description of a container or a network, hashed to notice change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from datacats.model import labels
from datacats.model.image import ImageRef


@dataclass(frozen=True, slots=True)
class Mount:
    """One part of a site's state in a container. ``source`` is a host path, or a volume name when ``volume``."""

    source: str
    target: str
    read_only: bool = False
    volume: bool = False


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A container port reachable at ``address:port`` of the host."""

    address: str
    port: int
    container_port: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What a container may use: memory in MiB (0 = no limit), processes, shared memory in MiB.

    ``weight`` is its share of the processors where they are short; others have 1024.
    """

    memory: int = 0
    pids: int = 512
    shm: int = 64
    weight: int = 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """A network that a container is on, and the names it answers to there."""

    network: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """All that the engine is told when a container is made.

    ``tmpfs`` maps a path to mount options; ``user`` is ``uid:gid``; ``stop_grace`` is in seconds; an empty
    ``name`` lets the engine choose a random one; ``networks`` lists the first network to join first; ``stdin_open``
    keeps its input waiting for whoever attaches, once. Without ``checked`` the engine does
    not look after its health: the image's check is web's.
    """

    name: str
    image: ImageRef
    command: tuple[str, ...]
    user: str
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[Attachment, ...] = ()
    ports: tuple[PublishedPort, ...] = ()
    limits: Limits = field(default_factory=Limits)
    restart: str = "no"
    read_only: bool = True
    stop_signal: str = "SIGTERM"
    stop_grace: int = 10
    working_dir: str = ""
    hostname: str = ""
    auto_remove: bool = False
    terminal: bool = False
    checked: bool = True
    stdin_open: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of everything above, in hex; kept in the label ``org.datacats.spec``."""
        return _digest(self)

    def labelled(self) -> ContainerSpec:
        """This spec with its digest among its labels: what is really sent to the engine."""
        return replace(self, labels={**self.labels, labels.SPEC: self.digest})


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network of a site: ``internal`` ones have no way out."""

    name: str
    subnet: str
    internal: bool
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of everything above, in hex."""
        return _digest(self)


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """A volume that holds one part of a site."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service of a site: its role, its container, and how long it may take to become ready."""

    service: str
    container: ContainerSpec


def _digest(spec: ContainerSpec | NetworkSpec) -> str:
    plain: dict[str, Any] = asdict(spec)
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()
