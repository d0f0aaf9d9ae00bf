"""What an environment is, and where its sites answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model import labels
from datacats.model.environment import Environment, Phase, Placement, Site
from datacats.model.names import PRIMARY, SERVICES, STATE, link_name, typed, volume_name
from datacats.model.observed import ContainerSeen
from datacats.model.switches import services_of
from datacats.services import web
from datacats.store import layer, locate, lost, site_file
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """A site: its port, the services it should have, the state of each that has a container, and its address.

    ``state`` is running, partly (some service does not run), stopped, broken, or half made (upgraded, rolled back,
    purged, loaded); ``next`` is the command that brings it up, or to its end; empty when all of it runs. ``lost`` says
    in words which parts of a broken one somebody removed. ``links`` maps the sites that it is linked with to where its
    containers reach them; one that is gone, to nothing. ``volumes`` names the volume of each part of its state, where
    these do not lie in the data directory. ``ckan`` is the version that it runs.
    """

    name: str
    port: int
    mode: str
    phase: str
    containers: dict[str, str]
    services: tuple[str, ...]
    url: str
    state: str
    next: str
    volumes: dict[str, str]
    links: dict[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    ckan: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentInfo:
    """An environment and its sites, the primary one first.

    ``ckan`` is the version that the first of them runs, whatever ``datacats.toml`` asks for by now. ``problem`` says
    why something of it cannot be read.
    """

    name: str
    source: Path
    data: Path
    ckan: str
    sites: tuple[SiteInfo, ...]
    problem: str = ""


def info(reference: str | None, workspace: Workspace, *, site: str | None = None) -> EnvironmentInfo:
    """Return what an environment is, with all its sites or the one that is named.

    Raises NotFound also when there is no such site, ConfigError, EngineUnreachable.
    """
    environment = workspace.find(reference)
    seen = workspace.ports.engine.containers.list(label=f"{labels.ENVIRONMENT}={environment.name}")
    return _environment(workspace, environment, _sites(workspace, environment, site), seen)


def one(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> SiteInfo:
    """Return what one site is. Raises NotFound when there is no such site."""
    return info(reference, workspace, site=site).sites[0]


def serves(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> bool:
    """Whether the web of a site runs. Raises NotFound when there is no such site."""
    return one(reference, workspace, site=site).containers.get(web.SERVICE) == "running"


def every(workspace: Workspace) -> tuple[EnvironmentInfo, ...]:
    """Return all environments of the data root, with one request to the engine; a broken one says what is wrong."""
    seen = workspace.ports.engine.containers.list(label=f"{labels.ROOT}={workspace.root.uuid}")
    by_name: dict[str, list[ContainerSeen]] = {}
    for container in seen:
        by_name.setdefault(container.labels.get(labels.ENVIRONMENT, ""), []).append(container)
    names = locate.names(workspace.ports.disk, workspace.root)
    return tuple(_named(workspace, name, by_name.get(name, [])) for name in names)


def _named(workspace: Workspace, name: str, seen: list[ContainerSeen]) -> EnvironmentInfo:
    disk, root = workspace.ports.disk, workspace.root
    try:
        environment = locate.find(disk, root, name, workspace.cwd)
        return _environment(workspace, environment, _sites(workspace, environment), seen)
    except DatacatsError as error:
        problem = error.message
    source = Path()
    with suppress(DatacatsError):
        source = locate.recorded_source(disk, root, name)
    return EnvironmentInfo(name, source, root.environment(name), "", (), problem)


def _sites(workspace: Workspace, environment: Environment, site: str | None = None) -> list[str]:
    if site is not None:
        return [site_file.read(workspace.ports.disk, environment, site).name]
    return sorted(site_file.names(workspace.ports.disk, environment), key=lambda name: (name != PRIMARY, name))


def _environment(
    workspace: Workspace, environment: Environment, names: Sequence[str], seen: Sequence[ContainerSeen]
) -> EnvironmentInfo:
    mine = [each for each in seen if each.labels.get(labels.ROOT) == workspace.root.uuid]
    sites = tuple(described(workspace, environment, name, mine) for name in names)
    ckan = sites[0].ckan if sites else environment.ckan
    return EnvironmentInfo(environment.name, environment.source, environment.data, ckan, sites)


def described(workspace: Workspace, environment: Environment, name: str, seen: Sequence[ContainerSeen]) -> SiteInfo:
    """Return what a site is, its containers being among these. Raises NotFound when there is no such site."""
    site = site_file.read(workspace.ports.disk, environment, name)
    containers = dict(_states(environment.name, name, seen))
    wanted = services_of(environment, site)
    gone = lost.parts(workspace.ports.disk, environment, site, layer.current(workspace.ports.disk, environment))
    state = "broken" if gone else _state(site, [containers.get(service) == "running" for service in wanted])
    return SiteInfo(
        name=name,
        port=site.port,
        mode=str(site.mode),
        phase=str(site.phase),
        containers=containers,
        services=wanted,
        url=f"{site.url}/",
        state=state,
        next=_next(environment, site, state, gone),
        volumes=_volumes(environment, site),
        links=_links(workspace, site),
        lost=tuple(lost.WORDS[part] for part in gone),
        ckan=site.images.web.version,
    )


def _state(site: Site, running: Sequence[bool]) -> str:
    if site.phase is not Phase.CREATED:
        return f"half {site.phase.participle}"
    if not any(running):
        return "stopped"
    return "running" if all(running) else "partly"


def _next(environment: Environment, site: Site, state: str, gone: Sequence[str]) -> str:
    if set(gone) & set(lost.FOR_GOOD):
        return f"datacats doctor {environment.name}"
    if state == "running":
        return ""
    where = environment.name if site.phase is Phase.CREATED else environment.source
    return typed(site.phase.verb, where, site.name)


def _volumes(environment: Environment, site: Site) -> dict[str, str]:
    if site.placement is Placement.BIND:
        return {}
    return {part: volume_name(part, environment.name, site.name) for part in STATE}


def _links(workspace: Workspace, site: Site) -> dict[str, str]:
    disk, root = workspace.ports.disk, workspace.root.path
    return {
        link_name(*link): web.address_for_others(*link) if site_file.is_there(disk, root, *link) else ""
        for link in site.links
    }


def _states(environment: str, site: str, seen: Sequence[ContainerSeen]) -> Iterator[tuple[str, str]]:
    marks = {labels.ENVIRONMENT: environment, labels.SITE: site}.items()
    states = {each.service: each.state for each in seen if marks <= each.labels.items() and each.service}
    for service in (*SERVICES, *sorted(states)):
        if service in states:
            yield service, states.pop(service)
