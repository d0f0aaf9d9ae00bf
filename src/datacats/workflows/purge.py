"""Remove a site: its containers, networks and data; with the last site goes the data directory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from datacats.apply import apply
from datacats.errors import Declined, NotFound
from datacats.model.environment import Environment, Phase
from datacats.model.event import Events, ignore
from datacats.model.plan import Operation, Plan, RemoveTree
from datacats.planning import teardown
from datacats.store import site_file
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
    """Remove sites once ``approve`` has seen the plan and said yes. Raises NotFound, Declined."""
    environment = workspace.find(options.reference)
    sites = _sites(workspace, environment, options)
    if not approve(plan_purge(workspace, environment, sites, options)):
        raise Declined("Nothing was removed.", "Say yes, or give -y, to remove it.")
    for site in sites:
        with workspace.lock(environment, site):
            record = site_file.read(workspace.ports.disk, environment, site)
            claim.write(workspace, environment, replace(record, phase=Phase.PURGING))
            apply(_engine_plan(workspace, environment, site), workspace.ports, events)
            apply(_data_plan(environment, [site], last=False), workspace.ports, events)
    remaining = site_file.names(workspace.ports.disk, environment)
    apply(_rest(environment, options, last=not remaining), workspace.ports, events)
    return Purged(environment.name, tuple(sites), options.source and not remaining)


def plan_purge(workspace: Workspace, environment: Environment, sites: list[str], options: PurgeOptions) -> Plan:
    """Return what ``purge`` would do, and do nothing."""
    last = set(sites) >= set(site_file.names(workspace.ports.disk, environment))
    plan = Plan()
    for site in sites:
        plan += _engine_plan(workspace, environment, site)
    return plan + _data_plan(environment, sites, last=last) + _rest(environment, options, last=last)


def _sites(workspace: Workspace, environment: Environment, options: PurgeOptions) -> list[str]:
    there = site_file.names(workspace.ports.disk, environment)
    if options.site is None:
        return list(there)
    if options.site not in there:
        names = ", ".join(there) or "none"
        raise NotFound(f"{environment.name} has no site {options.site!r} (there is: {names}).", "See: datacats info")
    return [options.site]


def _engine_plan(workspace: Workspace, environment: Environment, site: str) -> Plan:
    context = workspace.context(environment, site)
    seen = observe(workspace.ports, context)
    return teardown.remove(seen.of(workspace.root.uuid), cause="the site is purged")


def _data_plan(environment: Environment, sites: list[str], *, last: bool) -> Plan:
    if last:
        return Plan()
    return Plan.of(RemoveTree(environment.site_directory(site), cause="the site is purged") for site in sites)


def _rest(environment: Environment, options: PurgeOptions, *, last: bool) -> Plan:
    steps: list[Operation] = []
    if last:
        steps.append(RemoveTree(environment.data, cause="its last site is purged"))
        if options.source:
            steps.append(RemoveTree(environment.source, cause="--delete-environment"))
    return Plan.of(steps)
