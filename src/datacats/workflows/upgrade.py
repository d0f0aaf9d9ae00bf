"""Bring a site to the newest images of its CKAN line, or back to those it had before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacats.apply import apply
from datacats.errors import Conflict
from datacats.model.environment import Environment, Phase, Site, SiteContext
from datacats.model.event import Events, Said, ignore
from datacats.model.image import ROLES, ImageSet
from datacats.model.names import PRIMARY, typed
from datacats.model.plan import Plan
from datacats.recipes import resolve_ckan
from datacats.store import lock_file, site_file
from datacats.workflows import changeover, claim, follow, images, layers, lines, ours, settle, spares, startup, up
from datacats.workflows.claim import SiteOptions
from datacats.workflows.foresee import Foreseen
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace

_UNDER_WAY = frozenset({Phase.UPGRADING, Phase.ROLLING_BACK})


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What a site ran on before, and what it runs on now."""

    name: str
    site: str
    url: str
    before: ImageSet
    now: ImageSet


def upgrade(
    reference: str | None,
    workspace: Workspace,
    events: Events = ignore,
    *,
    site: str = PRIMARY,
    rollback: bool = False,
    port: int | None = None,
) -> Upgraded:
    """Replace a site's images, its tables, and its containers. The old images are recorded for one ``rollback``.

    ``port`` is for an upgrade that was stopped because somebody else has the site's port by now.

    What is installed is resolved anew under the pins of another CKAN release, before anything changes; a rollback
    takes the lock from before. Raises Unresolvable, Conflict for another CKAN line (its tables could not come back),
    and for a rollback with nothing recorded, and CommandFailed where the old web serves in production and CKAN does
    not start on the new images.
    """
    environment = changeover.finished(workspace, workspace.find(reference), events)
    record = _upgradable(workspace, environment, site)
    if not rollback:
        images.ensure(workspace, _version(environment, record), events)
    with workspace.lock(environment, site, events):
        environment = workspace.find(reference)
        record = _upgradable(workspace, environment, site)
        new = _target(workspace, environment, record, rollback=rollback)
        before = record.previous if record.phase in _UNDER_WAY and record.previous else record.images
        if new == record.images and record.phase not in _UNDER_WAY:
            _refuse_port(environment, record, port)
            return Upgraded(environment.name, site, f"{record.url}/", before, new)
        if port is not None:
            record = claim.change(workspace, environment, site, SiteOptions(port), events)
        there = workspace.context(environment, record)
        goal = replace(there, site=replace(record, images=new))
        ready = (follow.prepare_previous if rollback else follow.prepare)(workspace, goal, events)
        startup.try_out(workspace, replace(goal, layer=ready.layer), events)
        if new != record.images:
            if not rollback:
                follow.remember(workspace, there, events)
            phase = Phase.ROLLING_BACK if rollback else Phase.UPGRADING
            record = replace(record, images=new, previous=record.images, phase=phase)
            claim.write(workspace, environment, record)
        follow.tell_lifted(goal, ready.lock, events)
        _take(workspace, there, ready, events)
        record = _replace(workspace, environment, record, events)
    spares.launch(workspace, workspace.context(environment, record))
    return Upgraded(environment.name, site, f"{record.url}/", before, record.images)


def plan_upgrade(
    reference: str | None,
    workspace: Workspace,
    *,
    site: str = PRIMARY,
    rollback: bool = False,
    port: int | None = None,
) -> Foreseen:
    """Return what ``upgrade`` would do, and do nothing."""
    environment = workspace.find(reference)
    record = _upgradable(workspace, environment, site)
    new = _target(workspace, environment, record, rollback=rollback)
    if new == record.images and record.phase not in _UNDER_WAY:
        _refuse_port(environment, record, port)
        return Foreseen(Plan())
    plan = Plan() if rollback else images.plan(workspace, _version(environment, record))
    changes = ", ".join(f"{role} becomes {new[role]}" for role in ROLES if new[role] != record.images[role])
    stop = f"stop what runs CKAN; replace the services whose image changes ({changes})"
    later = [stop, "migrate the tables", f"start what runs CKAN; web's port is {port or record.port}"]
    if new.web.version != record.images.web.version and lock_file.read(workspace.ports.disk, environment.source):
        of = "take the lock from before, of" if rollback else f"resolve {lock_file.NAME} anew, for"
        later.insert(0, f"{of} CKAN {new.web.version}")
    return Foreseen(plan, tuple(later))


def _refuse_port(environment: Environment, site: Site, port: int | None) -> None:
    if port is not None and port != site.port:
        start = f"{typed('start', environment.name, site.name)} {port}"
        raise Conflict("There is nothing newer: this would only change the port.", f"Give it the port: {start}")


def _take(workspace: Workspace, context: SiteContext, ready: follow.Ready, events: Events) -> None:
    """Have in use what was resolved; say which releases change with it."""
    before = lock_file.read(workspace.ports.disk, context.environment.source)
    had = lock_file.versions(before.packages) if before else {}
    gets = lock_file.versions(ready.lock.packages)
    changes = [
        f"{name} {had.get(name, 'is new:')} becomes {gets.get(name, 'no part')}"
        for name in sorted({*had, *gets})
        if had.get(name) != gets.get(name)
    ]
    if changes:
        events(Said(f"{lock_file.NAME} is of CKAN {ready.lock.ckan} now: {', '.join(changes)}"))
    content = lock_file.content(ready.lock) if ready.layer else None
    follow.place_lock(workspace, context, content, events)
    layers.use(workspace, context, ready.layer, events)


def _upgradable(workspace: Workspace, environment: Environment, name: str) -> Site:
    """Return a site that is complete, or whose upgrade was interrupted."""
    site = site_file.read(workspace.ports.disk, environment, name)
    if site.phase not in _UNDER_WAY:
        complete(workspace, environment, name)
    return site


def _target(workspace: Workspace, environment: Environment, site: Site, *, rollback: bool) -> ImageSet:
    """Return the images to run on. A rollback that was interrupted goes on to those that are recorded already."""
    if rollback:
        return site.images if site.phase is Phase.ROLLING_BACK else _previous(environment, site)
    return images.wanted(workspace, _version(environment, site))[0]


def _previous(environment: Environment, site: Site) -> ImageSet:
    if site.previous is None:
        raise Conflict(f"No earlier images of {environment.name} are recorded.", "There is nothing to go back to.")
    return site.previous


def _version(environment: Environment, site: Site) -> str:
    if error := lines.of_another(environment, site):
        raise error
    return resolve_ckan(environment.ckan)


def _replace(workspace: Workspace, environment: Environment, site: Site, events: Events) -> Site:
    context = workspace.context(environment, site)
    cause = "; ".join(f"{role} becomes {site.images[role].tag}" for role in ROLES)
    apply(ours.remove_one_offs(workspace, context, {settle.PURPOSE}), workspace.ports, events)
    apply(ours.stop_ckan(workspace, context, cause=cause), workspace.ports, events)
    settle.settle(workspace, context, events, because="tables follow the image")
    up.bring_up(workspace, context, up.Up(), events)
    kept = site.previous if site.phase is Phase.UPGRADING else None
    done = replace(site, phase=Phase.CREATED, previous=kept)
    claim.write(workspace, environment, done)
    return done
