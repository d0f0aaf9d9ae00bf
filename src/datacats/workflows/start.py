"""Bring a site up, or replace its web; touch nothing that already matches."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacats.errors import Conflict
from datacats.model.environment import Environment, Phase, SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.plan import Plan
from datacats.store import site_file
from datacats.workflows import claim, up
from datacats.workflows.claim import SiteOptions
from datacats.workflows.workspace import Workspace

_VERBS = {Phase.CREATING: "create", Phase.UPGRADING: "upgrade", Phase.PURGING: "purge"}


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Which site, and what to change of it; ``replace`` names services that are made anew."""

    reference: str | None = None
    site: str = PRIMARY
    options: SiteOptions = field(default_factory=SiteOptions)
    replace: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Started:
    """A running site, and what was done to get it there."""

    name: str
    site: str
    url: str
    changed: tuple[str, ...]


def start(options: StartOptions, workspace: Workspace, events: Events = ignore) -> Started:
    """Bring a site up. Raises Conflict when it was never completed, NotReady when web does not answer."""
    environment = workspace.find(options.reference)
    with workspace.lock(environment, options.site):
        context = _context(workspace, environment, options, events)
        plan = up.bring_up(workspace, context, up.Up(replace=options.replace), events)
    return Started(environment.name, options.site, f"{context.site.url}/", tuple(map(str, plan)))


def plan_start(options: StartOptions, workspace: Workspace) -> Plan:
    """Return what ``start`` would do, and do nothing."""
    environment = workspace.find(options.reference)
    site = complete(workspace, environment, options.site)
    return up.plan_up(workspace, workspace.context(environment, site), up.Up(replace=options.replace))


def complete(workspace: Workspace, environment: Environment, name: str) -> str:
    """Return the name of a site that is complete. Raises NotFound, and Conflict when it is half made."""
    site = site_file.read(workspace.ports.disk, environment, name)
    if site.phase is not Phase.CREATED:
        verb = _VERBS[site.phase]
        raise Conflict(
            f"The site {name} of {environment.name} is half made: its {verb} was interrupted.",
            f"Carry on with: datacats {verb} {environment.source}",
        )
    return name


def _context(workspace: Workspace, environment: Environment, options: StartOptions, events: Events) -> SiteContext:
    name = complete(workspace, environment, options.site)
    site = site_file.read(workspace.ports.disk, environment, name)
    return workspace.context(environment, claim.change(workspace, environment, site, options.options, events))
