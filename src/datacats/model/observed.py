"""What the engine reported, read once per round."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from datacats.model import labels
from datacats.model.service import ContainerSpec, PublishedPort


@dataclass(frozen=True, slots=True)
class ContainerSeen:
    """A container as a list request reports it.

    ``state`` is the engine's word: created, running, paused, restarting, removing, exited, dead.
    ``status`` is its sentence for people, ``Up 3 minutes (healthy)``.
    """

    id: str
    name: str
    image: str
    state: str
    status: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[PublishedPort, ...] = ()
    networks: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether its process runs and is not frozen."""
        return self.state == "running"

    def runs_as(self, spec: ContainerSpec) -> bool:
        """Whether it runs, and was made from this description."""
        return self.running and self.labels.get(labels.SPEC) == spec.digest

    @property
    def is_starting(self) -> bool:
        """Whether it runs, and the engine has not yet looked whether it is well."""
        return self.running and "(health: starting)" in self.status

    @property
    def service(self) -> str:
        """The service it is, or an empty text."""
        return self.labels.get(labels.SERVICE, "")


@dataclass(frozen=True, slots=True)
class NetworkSeen:
    """A network as a list request reports it."""

    id: str
    name: str
    subnets: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VolumeSeen:
    """A volume as a list request reports it."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageSeen:
    """A local image: all its names, its size in bytes, when it was made (seconds since 1970)."""

    id: str
    names: tuple[str, ...]
    size: int = 0
    created: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContainerDetail:
    """What inspecting one container adds: how it ended and what it used.

    ``started`` and ``finished`` are the engine's RFC 3339 texts; ``exit_code`` is the last one.
    """

    id: str
    name: str
    state: str
    exit_code: int
    out_of_memory: bool
    error: str
    restarts: int
    started: str
    finished: str


@dataclass(frozen=True, slots=True)
class ContainerUsage:
    """What a container uses at a moment: bytes of memory, without what is only cached, of ``limit``.

    Without a limit of its own ``limit`` is all that the engine has. Both are 0 where it does not run, or where the
    engine does not count.
    """

    memory: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """The engine as it describes itself. ``memory`` is in bytes; ``root`` is its own data directory.

    ``identity`` is what it calls itself: another engine at the same address has another.
    """

    version: str
    api: str
    architecture: str
    operating_system: str
    memory: int
    cpus: int
    root: str
    security: tuple[str, ...] = ()
    identity: str = ""

    @property
    def rootless(self) -> bool:
        """Whether container users are not the host's users of the same number."""
        return any(option.startswith(("name=rootless", "name=userns")) for option in self.security)


@dataclass(frozen=True, slots=True)
class Observed:
    """The containers and networks that matter to one plan, and the volumes where a site's parts lie in such.

    ``guests`` are containers of other sites that are on these networks: those of sites with a link to this one.
    """

    containers: tuple[ContainerSeen, ...] = ()
    networks: tuple[NetworkSeen, ...] = ()
    volumes: tuple[VolumeSeen, ...] = ()
    guests: tuple[ContainerSeen, ...] = ()

    def container(self, name: str) -> ContainerSeen | None:
        """Return the container of that name, or None."""
        return next((c for c in self.containers if c.name == name), None)

    def runs(self, services: Collection[str]) -> bool:
        """Whether all these services run."""
        return {seen.service for seen in self.containers if seen.running} >= set(services)

    def of(self, root: str) -> Observed:
        """Return only what belongs to a data root."""
        return Observed(
            tuple(seen for seen in self.containers if seen.labels.get(labels.ROOT) == root),
            tuple(seen for seen in self.networks if seen.labels.get(labels.ROOT) == root),
            tuple(seen for seen in self.volumes if seen.labels.get(labels.ROOT) == root),
            tuple(seen for seen in self.guests if seen.labels.get(labels.ROOT) == root),
        )

    def network(self, name: str) -> NetworkSeen | None:
        """Return the network of that name, or None."""
        return next((n for n in self.networks if n.name == name), None)
