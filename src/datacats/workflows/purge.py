"""Remove a site: its containers, networks and data; with the last site goes the data directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from datacats.apply import apply
from datacats.errors import Busy, ConfigError, Conflict, Declined, DiskFull, NotFound
from datacats.model import labels
from datacats.model.environment import Environment, Phase, Placement
from datacats.model.event import Events, ignore
from datacats.model.nearest import did_you_mean
from datacats.model.plan import Operation, Plan, RemoveTree
from datacats.planning import teardown
from datacats.store import environment_file, locate, site_file
from datacats.workflows import claim
from datacats.workflows.workspace import Workspace, observe

Approve = Callable[[Plan], bool]


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed."""

    name: str
    sites: tuple[str, ...]
    source_removed: bool


@dataclass(frozen=True, slots=True)
class PurgeOptions:
    """Which environment; ``site`` None means all its sites; ``source`` removes the source directory as well."""

    reference: str | None
    site: str | None = None
    source: bool = False


def purge(options: PurgeOptions, workspace: Workspace, approve: Approve, events: Events = ignore) -> Purged:
    """Remove sites once ``approve`` has seen the plan and said yes.

    An environment that is named may have lost its source directory, or be half made.
    Raises NotFound, Conflict, Declined.
    """
    environment = locate.to_remove(workspace.ports.disk, workspace.root, options.reference, workspace.cwd)
    if options.source:
        _refuse_source(workspace, environment)
    sites = _sites(workspace, environment, options)
    if not approve(plan_purge(workspace, environment, sites, options)):
        raise Declined("Nothing was removed.", "Say yes, or give -y, to remove it.")
    remaining = _remove(workspace, environment, sites, options, events)
    return Purged(environment.name, tuple(sites), options.source and not remaining)


def clean(workspace: Workspace, environment: Environment, site: str, events: Events) -> None:
    """Remove a site that could not be completed; one that somebody else completed meanwhile stays."""
    with suppress(Busy, NotFound):
        if site_file.read(workspace.ports.disk, environment, site).phase is Phase.CREATING:
            _remove(workspace, environment, [site], PurgeOptions(environment.name), events)


def _remove(
    workspace: Workspace, environment: Environment, sites: list[str], options: PurgeOptions, events: Events
) -> tuple[str, ...]:
    """Remove sites, and with the last one the data directory; return the sites that remain.

    A site is known by its directory, the environment by its data directory: these go last, so that what is cut off
    can be found again. The source directory goes before, because only the data directory says where it is.
    """
    with workspace.lock_environment(environment, events):
        for site in sites:
            with _locked(workspace, environment, site, events):
                _mark(workspace, environment, site)
                apply(_engine_plan(workspace, environment, site), workspace.ports, events)
                apply(_data_plan(environment, [site], last=False), workspace.ports, events)
        remaining = _there(workspace, environment)
        apply(_rest(workspace, environment, options, last=not remaining), workspace.ports, events)
    return remaining


def _locked(workspace: Workspace, environment: Environment, site: str, events: Events) -> AbstractContextManager[None]:
    """Where the site's directory is gone there is nothing left to lock."""
    if workspace.ports.disk.entry(environment.site_directory(site)) is None:
        return nullcontext()
    return workspace.lock_site(environment, site, events)


def _mark(workspace: Workspace, environment: Environment, site: str) -> None:
    """Write down what goes on, where that can be: a damaged record goes like any other, and a full disk is freed."""
    with suppress(ConfigError, NotFound, DiskFull):
        record = site_file.read(workspace.ports.disk, environment, site)
        claim.write(workspace, environment, replace(record, phase=Phase.PURGING))


def _refuse_source(workspace: Workspace, environment: Environment) -> None:
    """Raise Conflict when what lies at the source directory's place is not, or not only, this environment's."""
    disk, source = workspace.ports.disk, environment.source
    if source != environment.data and _is_gone(workspace, source):
        return
    if others := locate.within(disk, workspace.root, source):
        raise Conflict(
            f"The source directory of {' and '.join(others)} lies in {source}; nothing was removed.",
            f"Leave --delete-environment out: datacats purge {environment.name}; or remove that one first: "
            f"{'; '.join(f'datacats purge {other}' for other in others)}",
        )
    toml = disk.entry(source / environment_file.NAME)
    if toml is not None and environment_file.read(disk, source).name == environment.name:
        return
    raise Conflict(
        f"{source} is not the source directory of {environment.name}; nothing was removed.",
        f"Leave --delete-environment out: datacats purge {environment.name}",
    )


def _is_gone(workspace: Workspace, directory: Path) -> bool:
    """Whether nothing is there, or an empty directory: what a removal leaves that was cut off at its very end."""
    entry = workspace.ports.disk.entry(directory)
    return entry is None or (entry.kind == "directory" and not workspace.ports.disk.names(directory))


def plan_purge(workspace: Workspace, environment: Environment, sites: list[str], options: PurgeOptions) -> Plan:
    """Return what ``purge`` would do, and do nothing."""
    last = set(sites) >= set(_there(workspace, environment))
    plan = Plan()
    for site in sites:
        plan += _engine_plan(workspace, environment, site)
    return plan + _data_plan(environment, sites, last=last) + _rest(workspace, environment, options, last=last)


def _sites(workspace: Workspace, environment: Environment, options: PurgeOptions) -> list[str]:
    there = _there(workspace, environment)
    if options.site is None:
        return list(there)
    if options.site not in there:
        names = ", ".join(there) or "none"
        hint = did_you_mean(options.site, there, "See: datacats info")
        raise NotFound(f"{environment.name} has no site {options.site!r} (there is: {names}).", hint)
    return [options.site]


def _there(workspace: Workspace, environment: Environment) -> tuple[str, ...]:
    """Return the sites that have data, and those that only the engine still holds something of."""
    engine, mine = workspace.ports.engine, (workspace.root.uuid, environment.name)
    found = [each.labels for each in engine.containers.list()] + [each.labels for each in engine.networks.list()]
    theirs = (each for each in found if (each.get(labels.ROOT), each.get(labels.ENVIRONMENT)) == mine)
    held = (each[labels.SITE] for each in theirs if labels.SITE in each)
    return tuple(sorted({*site_file.names(workspace.ports.disk, environment), *held}))


def _engine_plan(workspace: Workspace, environment: Environment, site: str) -> Plan:
    seen = observe(workspace.ports, environment, site, _placement(workspace, environment, site))
    return teardown.remove(seen.of(workspace.root.uuid), cause="the site is purged")


def _placement(workspace: Workspace, environment: Environment, site: str) -> Placement:
    """Return where the parts of a site lie; of one whose record is damaged, where they might."""
    try:
        return site_file.read(workspace.ports.disk, environment, site).placement
    except (ConfigError, NotFound):
        return Placement.VOLUMES


def _data_plan(environment: Environment, sites: list[str], *, last: bool) -> Plan:
    if last:
        return Plan()
    return Plan.of(RemoveTree(environment.site_directory(site), cause="the site is purged") for site in sites)


def _rest(workspace: Workspace, environment: Environment, options: PurgeOptions, *, last: bool) -> Plan:
    if not last:
        return Plan()
    source = _source_plan(workspace, environment.source) if options.source else ()
    return Plan.of([*source, RemoveTree(environment.data, cause="its last site is purged")])


def _source_plan(workspace: Workspace, source: Path) -> Iterator[Operation]:
    """``datacats.toml`` goes last: without it nobody could tell that the rest is to be removed."""
    cause = "--delete-environment"
    for name in workspace.ports.disk.names(source):
        if name != environment_file.NAME:
            yield RemoveTree(source / name, cause=cause)
    yield RemoveTree(source, cause=cause)
