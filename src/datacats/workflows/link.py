"""Join a site's web to that of another site, so that one can harvest from the other, and part them again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacats.errors import NotFound, UsageError
from datacats.model.environment import Environment, Site
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY, check_name, link_name
from datacats.model.nearest import did_you_mean
from datacats.model.plan import Plan
from datacats.services import web
from datacats.store import locate, site_file
from datacats.workflows import claim, info, sites, spares, up
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Linking:
    """Which site to join to which: ``to`` names the other: ``NAME``, ``SITE.NAME`` or ``NAME/SITE``."""

    to: str
    reference: str | None = None
    site: str = PRIMARY


@dataclass(frozen=True, slots=True)
class Linked:
    """Where the other site answers containers of this one, and this one those of the other.

    ``changed`` is what was done; ``was_linked`` says whether they were joined before.
    """

    name: str
    site: str
    to: str
    url: str
    own_url: str
    was_linked: bool
    changed: tuple[str, ...]


def link(wanted: Linking, workspace: Workspace, events: Events = ignore) -> Linked:
    """Have the sites reach each other's web: now where this one runs, and at each start.

    Raises NotFound when there is no such site, Conflict when it is half made, UsageError for a link to itself.
    """
    environment = _found(wanted, workspace)
    other = _other(workspace, wanted.to)
    if other == (environment.name, wanted.site):
        itself = f"http://{web.SERVICE}:{web.PORT}/"
        raise UsageError(f"{wanted.to} is the site itself: its containers reach it at {itself}.", _SEE)
    return _change(workspace, wanted, other, linked=True, events=events)


def unlink(wanted: Linking, workspace: Workspace, events: Events = ignore) -> Linked:
    """Have the sites no longer reach each other; the other may be gone."""
    return _change(workspace, wanted, _named(wanted.to), linked=False, events=events)


def plan_link(wanted: Linking, workspace: Workspace, *, linked: bool) -> Plan:
    """Return what ``link`` or ``unlink`` would do beside writing it down, and do nothing."""
    environment = _found(wanted, workspace)
    other = _other(workspace, wanted.to) if linked else _named(wanted.to)
    site = _with(complete(workspace, environment, wanted.site), other, linked=linked)
    runs = info.serves(wanted.reference, workspace, site=wanted.site)
    return up.plan_up(workspace, workspace.context(environment, site), up.Up()) if runs else Plan()


def _found(wanted: Linking, workspace: Workspace) -> Environment:
    environment = workspace.find(wanted.reference)
    complete(workspace, environment, wanted.site)
    return environment


def _change(workspace: Workspace, wanted: Linking, other: tuple[str, str], *, linked: bool, events: Events) -> Linked:
    with sites.hold(workspace, wanted.reference, wanted.site, events) as there:
        environment, before = there.environment, there.site
        site = _with(before, other, linked=linked)
        if site != before:
            claim.write(workspace, environment, site)
        context = workspace.context(environment, site)
        runs = info.serves(wanted.reference, workspace, site=site.name)
        done = up.bring_up(workspace, context, up.Up(), events) if runs else Plan()
    if runs:
        spares.launch(workspace, context)
    return Linked(
        name=environment.name,
        site=site.name,
        to=link_name(*other),
        url=web.address_for_others(*other),
        own_url=web.address_for_others(environment.name, site.name),
        was_linked=other in before.links,
        changed=tuple(map(str, done)),
    )


def _with(site: Site, other: tuple[str, str], *, linked: bool) -> Site:
    rest = tuple(each for each in site.links if each != other)
    return replace(site, links=(*rest, other) if linked else rest)


def _named(text: str) -> tuple[str, str]:
    """Read NAME or SITE.NAME, as containers say it, or NAME/SITE, as people are told of it."""
    environment, further, site = text.partition("/")
    if not further:
        site, further, environment = text.rpartition(".")
    return check_name(environment, "an environment"), check_name(site, "a site") if further else PRIMARY


def _link_names(workspace: Workspace) -> list[str]:
    root, disk = workspace.root.path, workspace.ports.disk
    sites = ((name, site) for name in locate.names(disk, workspace.root) for site in disk.names(root / name / "sites"))
    return [link_name(*each) for each in sites if site_file.is_there(disk, root, *each)]


def _other(workspace: Workspace, text: str) -> tuple[str, str]:
    name, site = _named(text)
    if not site_file.is_there(workspace.ports.disk, workspace.root.path, name, site):
        hint = did_you_mean(text, _link_names(workspace), _SEE)
        raise NotFound(f"There is no site {link_name(name, site)}.", hint)
    complete(workspace, workspace.find(name), site)
    return name, site


_SEE = "See: datacats list. A further site is named as in sandbox.catstown."
