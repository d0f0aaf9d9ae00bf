"""Where a workflow works: the ports, the data root, and the directory the user stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from datacats.errors import DiskError, NotFound
from datacats.model import labels
from datacats.model.environment import Environment, Placement, Site, SiteContext
from datacats.model.names import SERVICES, container_name, network_name, suffix
from datacats.model.observed import EngineInfo, Observed, VolumeSeen
from datacats.model.ports import Ports
from datacats.store import host, layer, locate, site_file
from datacats.store.root import DataRoot, open_root, teller

if TYPE_CHECKING:
    from datacats.model.event import Events

_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Workspace:
    """The ports, the data root, and what the process was started with."""

    ports: Ports
    root: DataRoot
    env: Mapping[str, str]
    cwd: Path
    _told: list[EngineInfo] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def open(cls, ports: Ports, env: Mapping[str, str], cwd: Path) -> Workspace:
        """Open the data root that ``env`` names."""
        return cls(ports, open_root(ports.disk, env), env, cwd)

    def with_registry(self, registry: str | None) -> Workspace:
        """Return this workspace with another registry to take images from; None keeps the one it has."""
        return self if registry is None else replace(self, env={**self.env, "DATACATS_REGISTRY": registry})

    def find(self, reference: str | None) -> Environment:
        """Return the environment that a user's word names. Raises NotFound, Conflict, ConfigError."""
        return locate.find(self.ports.disk, self.root, reference, self.cwd)

    def engine_info(self) -> EngineInfo:
        """Return the engine as it described itself when it was first asked."""
        if not self._told:
            self._told.append(self.ports.engine.info())
        return self._told[0]

    def context(self, environment: Environment, site: str | Site) -> SiteContext:
        """Return all that describes a site. Raises NotFound when there is no such site."""
        record = site if isinstance(site, Site) else site_file.read(self.ports.disk, environment, site)
        owner = self.owner(environment)
        installed = layer.current(self.ports.disk, environment)
        links = tuple(link for link in record.links if site_file.is_there(self.ports.disk, self.root.path, *link))
        return SiteContext(environment, record, host.host(self.ports.disk, self.env, owner), installed, links)

    def owner(self, environment: Environment) -> tuple[int, int]:
        """Return the uid and gid that own all that the environment writes."""
        return host.owner_for(self.ports.disk, environment.source)

    @contextmanager
    def lock(self, environment: Environment, site: str, events: Events | None = None) -> Iterator[None]:
        """Hold the environment's and the site's lock. Raises Busy naming the holder, which ``events`` are told first.

        What was read before may have changed while this waited: ``hold`` and ``sites.hold`` read it once they have it.
        """
        with self.lock_environment(environment, events), self.lock_site(environment, site, events):
            yield

    @contextmanager
    def hold(self, reference: str | None, events: Events | None = None) -> Iterator[Environment]:
        """Hold the lock of an environment, and hand it out as it is once that is held."""
        with self.lock_environment(self.find(reference), events):
            yield self.find(reference)

    def lock_environment(self, environment: Environment, events: Events | None = None) -> AbstractContextManager[None]:
        """Hold the environment's lock, as ``lock`` does."""
        return self._locked(environment, environment.data, f"the environment {environment.name}", events)

    def lock_site(
        self, environment: Environment, site: str, events: Events | None = None
    ) -> AbstractContextManager[None]:
        """Hold a site's lock, the environment's being held."""
        directory = environment.site_directory(site)
        return self._locked(environment, directory, f"the site {site} of {environment.name}", events)

    @contextmanager
    def _locked(self, environment: Environment, directory: Path, what: str, events: Events | None) -> Iterator[None]:
        """Hold the lock of a directory. Raises NotFound where that was removed while this waited."""
        with ExitStack() as held:
            try:
                held.enter_context(self.ports.disk.lock(directory / "lock", what, wait=_PATIENCE, tell=teller(events)))
            except DiskError as error:
                if self.ports.disk.entry(directory) is not None:
                    raise
                hint = f"Make it anew: datacats init {environment.source}"
                raise NotFound(f"{what[0].upper()}{what[1:]} was purged at this moment.", hint) from error
            yield

    def keep_output(self, command: str, output: str) -> Path:
        """Keep what a failed program printed, in place of what the same command kept before; return where.

        Raises DiskError.
        """
        directory = self.root.path / "_logs"
        self.ports.disk.make_directory(directory, 0o700)
        path = directory / f"{command.replace(' ', '-')}.log"
        self.ports.disk.place(path, output.encode(errors="replace"), 0o600)
        return path


def observe(ports: Ports, of: Environment, site: str, placement: Placement = Placement.BIND) -> Observed:
    """Read what the engine holds under a site's names, ours or not, the site's one-off containers, and its guests.

    Volumes are looked at only where a site's parts lie in such.
    """
    environment = of.name
    names = {container_name(service, environment, site) for service in SERVICES}
    networks = {network_name(kind, environment, site) for kind in ("front", "back")}
    mine = (of.root, environment, site)
    every = ports.engine.containers.list(name="")
    containers = tuple(seen for seen in every if seen.name in names or _whose(seen.labels) == mine)
    guests = tuple(
        seen for seen in every if labels.ROOT in seen.labels and networks & {*seen.networks} and seen not in containers
    )
    volumes = () if placement is Placement.BIND else _volumes(ports, environment, site)
    shared = tuple(seen for seen in ports.engine.networks.list() if seen.name in networks)
    return Observed(containers, shared, volumes, guests)


def _volumes(ports: Ports, environment: str, site: str) -> tuple[VolumeSeen, ...]:
    """Names hold no ``_``: what follows the name of a part is a site's alone."""
    ending = suffix(environment, site)
    return tuple(
        seen
        for seen in ports.engine.volumes.list()
        if seen.name.startswith("datacats_") and seen.name.removeprefix("datacats_").partition("_")[2] == ending
    )


def _whose(found: Mapping[str, str]) -> tuple[str | None, ...]:
    return tuple(found.get(key) for key in (labels.ROOT, labels.ENVIRONMENT, labels.SITE))
