"""What somebody removed of a site: what can be made again is, and said; without the rest nothing is begun."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datacats.errors import NotFound
from datacats.model import labels
from datacats.model.environment import Environment, Placement, Site, SiteContext
from datacats.model.names import BACKING_SERVICES, STATE, called, typed
from datacats.model.observed import ContainerSeen, Observed
from datacats.model.plan import CreateVolume, Operation, PlaceFile, Plan, RemoveContainer, RemoveTree
from datacats.model.service import ServiceSpec
from datacats.planning import teardown
from datacats.services import common, web
from datacats.store import lost, site_file
from datacats.workflows.workspace import Workspace

PURPOSE = "index"
"""What the one-off container that fills a search index again is started for."""

_AGAIN = {
    "solr": "it is made again from the database",
    "redis": "whoever was signed in signs in again; jobs that waited are lost",
    "mail": "the mails that were caught are lost",
    "run": "it is made again",
}
"""What comes of the loss of a part that a site goes on without."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What a site goes on without.

    ``said`` tells of it; ``first`` is what must be done before anything, and ``observed`` what there is after that;
    ``stale`` are services that were stopped for it: they held on to what is gone.
    """

    said: tuple[str, ...]
    first: Plan
    observed: Observed
    stale: frozenset[str]


def refuse(workspace: Workspace, context: SiteContext) -> None:
    """Raise NotFound when something is gone that cannot be made again, or not on the way."""
    disk, environment, site = workspace.ports.disk, context.environment, context.site
    gone = lost.parts(disk, environment, site, context.layer)
    if "secrets" in gone:
        site_file.read_secrets(disk, environment, site.name)
    for part in ("postgres", "files"):
        if part in gone:
            raise for_good(environment, site, part, (context.host.uid, context.host.gid))
    if "layer" in gone:
        raise NotFound(
            f"The extensions of {environment.name} are not there: somebody removed {environment.layer(context.layer)}.",
            f"Have them installed again: {typed('start', environment.name, site.name)}",
        )


def for_good(environment: Environment, site: Site, part: str, owner: tuple[int, int]) -> NotFound:
    """Return the error that tells of a lost database, or of lost files, and what is left to do."""
    place, whose = environment.site_directory(site.name) / part, called(environment.name, site.name)
    if part == "files":
        how = "install -d -m 700 -o {} -g {}".format(*owner)
        return NotFound(
            f"The uploaded files of {whose} are gone: somebody removed or emptied {place}. Nothing else holds them.",
            f"Put a copy of it back. To go on without: {how} {place} {place / 'storage'}; then "
            f"{typed('start', environment.name, site.name)}; "
            f"{typed('files import', f'ARCHIVE -e {environment.name}', site.name)} takes in an export",
        )
    again = (
        typed("purge", environment.name, site.name),
        typed("init", environment.source, site.name),
        typed("db load", f"DUMP -e {environment.name}", site.name),
    )
    return NotFound(
        f"The database of {whose} is gone: somebody removed or emptied {place}. "
        "Nothing else tells what people entered.",
        f"Put a copy of it back. Without one, save {place.with_name('files')}, make the site anew, and load a dump: "
        f"{'; '.join(again)}",
    )


def refuse_volumes(context: SiteContext, observed: Observed) -> None:
    """Raise NotFound when a volume with state that cannot be made again is not there."""
    missing = _volumes(context, observed)
    names = [common.volume(context, part).name for part in lost.FOR_GOOD if part in missing]
    if names:
        site = context.site.name
        raise NotFound(
            f"The engine has no volume {', '.join(names)}: the site {site} of {context.environment.name} "
            "was made on another engine, or somebody removed it.",
            "Use the engine that it was made on (DOCKER_HOST, docker context), or make the site anew: "
            f"{typed('purge', context.environment.name, site)}; {typed('init', context.environment.source, site)}",
        )


def look(workspace: Workspace, context: SiteContext, services: Sequence[ServiceSpec], observed: Observed) -> Losses:
    """Judge what is gone and can be made again. What ran on it is stopped first: it holds on to what was removed."""
    volumes = _volumes(context, observed)
    gone = {*lost.parts(workspace.ports.disk, context.environment, context.site, context.layer), *volumes}
    where = {str(part): common.part(context, part, "").source for part in ("solr", "redis") if part in gone}
    stale: list[ContainerSeen] = []
    for service in services:
        seen = observed.container(service.container.name)
        absent = dict(_absent(workspace, context, service))
        if seen is not None and (absent or service.service in gone):
            stale.append(seen)
            where |= absent
    first: list[Operation] = [_mark(context)] if "solr" in gone else []
    first += teardown.stop(Observed(tuple(stale)), cause="what it works on was removed")
    first += [CreateVolume(common.volume(context, part), cause="not there") for part in volumes]
    return Losses(
        tuple(f"{path} was removed: {_AGAIN[part]}." for part, path in where.items()),
        Plan.of(first),
        replace(observed, containers=tuple(_stopped(each) if each in stale else each for each in observed.containers)),
        frozenset(each.service for each in stale),
    )


def last(workspace: Workspace, context: SiteContext, found: Losses, running: Collection[str]) -> Plan:
    """Plan to fill a search index that was lost, now or before an interrupted run, when these services run."""
    mark = _mark(context)
    known = mark in found.first.operations or workspace.ports.disk.entry(mark.path) is not None
    if not known or not set(BACKING_SERVICES) <= set(running):
        return Plan()
    left = (each for each in found.observed.containers if each.labels.get(labels.ONE_OFF) == PURPOSE)
    return Plan.of(
        [
            *(RemoveContainer(each.name, cause="an earlier run was interrupted") for each in left),
            web.reindex(context, purpose=PURPOSE, cause=mark.cause),
            RemoveTree(mark.path, cause="the search index is complete"),
        ]
    )


def _absent(workspace: Workspace, context: SiteContext, service: ServiceSpec) -> Iterator[tuple[str, str]]:
    """Yield each part that a service mounts from the site's directory and that is not there, and where it was."""
    for mount in service.container.mounts:
        place = Path(mount.source)
        below = not mount.volume and place.is_relative_to(context.directory)
        if below and workspace.ports.disk.entry(place) is None:
            yield place.relative_to(context.directory).parts[0], mount.source


def _volumes(context: SiteContext, observed: Observed) -> tuple[str, ...]:
    """The parts of the site's state that lie in volumes which the engine does not have."""
    if context.site.placement is Placement.BIND:
        return ()
    there = {seen.name for seen in observed.volumes}
    return tuple(part for part in STATE if common.volume(context, part).name not in there)


def _stopped(seen: ContainerSeen) -> ContainerSeen:
    return seen if seen.state == "created" else replace(seen, state="exited")


def _mark(context: SiteContext) -> PlaceFile:
    owner = (context.host.uid, context.host.gid)
    path = lost.index_mark(context.environment, context.site.name)
    return PlaceFile(path, b"", owner, cause="the search index was removed")
