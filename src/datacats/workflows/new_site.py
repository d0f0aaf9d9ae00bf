"""Make a site of an environment whose source directory is there: what create and init share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from datacats.apply import apply
from datacats.errors import Conflict
from datacats.model.environment import Environment, Phase, Site, SiteContext
from datacats.model.event import Events, Said
from datacats.model.finding import Severity
from datacats.model.hashing import ckan_hash
from datacats.model.image import ImageSet
from datacats.model.names import PRIMARY, called, typed
from datacats.model.observed import ContainerSeen
from datacats.model.plan import Operation, Plan
from datacats.model.secrets import random_text
from datacats.planning import admin, database
from datacats.recipes import resolve_ckan
from datacats.services import postgres
from datacats.store import locate, site_file
from datacats.workflows import claim, follow, images, ours, parts, placement, purge, settle, space, spares, up
from datacats.workflows import template as templates
from datacats.workflows.checks import memory
from datacats.workflows.claim import SiteOptions
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace, observe

_PASSWORD_LENGTH = 16


@dataclass(frozen=True, slots=True)
class NewSite:
    """What a user may choose for a new site.

    ``password`` None means a generated one; ``image_only`` makes images, template and data, but starts nothing;
    without ``init_db`` both databases are left empty for a load, and web is not started. ``clean_on_failure``
    removes all that was made when something fails or interrupts.
    """

    site: str = PRIMARY
    options: SiteOptions = field(default_factory=SiteOptions)
    password: str | None = field(default=None, repr=False)
    sysadmin: bool = True
    image_only: bool = False
    init_db: bool = True
    clean_on_failure: bool = False

    @property
    def serves(self) -> bool:
        """Whether it ends with a page that answers."""
        return self.init_db and not self.image_only


@dataclass(frozen=True, slots=True)
class Created:
    """A new site. ``password`` is set when it was generated: it is shown once and kept nowhere."""

    name: str
    site: str
    url: str
    source: Path
    data: Path
    administrator: str
    password: str | None = field(repr=False)
    running: bool
    initialised: bool = True


Show = Callable[[Created], None]


def say_nothing(_created: Created) -> None:
    """Take the result and show it to nobody: for callers that read what ``create`` returns."""


def make_site(workspace: Workspace, environment: Environment, new: NewSite, events: Events, show: Show) -> Created:
    """Make a site, or carry on with one that is half made; ``show`` gets the result before it counts as complete.

    Raises Conflict when the site is there already, or somebody else's on the disk or the engine.
    """
    wanted = refuse(workspace, environment, new)
    _tell_memory(workspace, events)
    site = claim.claim(workspace, environment, new.site, wanted, new.options, events)
    try:
        return _make(workspace, environment, new, site, Audience(events, show))
    except BaseException:
        if new.clean_on_failure:
            purge.clean(workspace, environment, site.name, events)
        raise


def refuse(workspace: Workspace, environment: Environment, new: NewSite) -> ImageSet:
    """Return the images of a site that could be made, before anything is. Raises what ``make_site`` raises."""
    claim.check(new.options)
    locate.refuse_unreadable(environment)
    refuse_existing(workspace, environment, new.site)
    locate.refuse_stranger(workspace.ports.disk, environment.data)
    ckan = resolve_ckan(environment.ckan)
    seen = observe(workspace.ports, environment, new.site, placement.known(workspace))
    ours.refuse_strangers(seen, workspace.root.uuid, begun=_begun(workspace, environment, new.site))
    _refuse_unrecorded(workspace, environment, new.site, seen.of(workspace.root.uuid).containers)
    wanted, absent = images.wanted(workspace, ckan)
    space.refuse(workspace, absent)
    return wanted


def _begun(workspace: Workspace, environment: Environment, site: str) -> str:
    if not site_file.exists(workspace.ports.disk, environment, site):
        return ""
    return ours.begun(environment, site_file.read(workspace.ports.disk, environment, site))


def _refuse_unrecorded(
    workspace: Workspace, environment: Environment, site: str, held: Sequence[ContainerSeen]
) -> None:
    """Raise Conflict when a site whose record is lost may still run: it would be made another one, unasked."""
    disk = workspace.ports.disk
    known = locate.is_there(disk, workspace.root, environment.name)
    if held and known and not site_file.exists(disk, environment, site):
        raise Conflict(
            f"There are {len(held)} containers of {called(environment.name, site)}, of which nothing is written down: "
            f"somebody removed it from {environment.site_directory(site)}.",
            f"Put a copy of it back. Without one: docker rm -f {' '.join(each.name for each in held)}, then this "
            "command again, which keeps what data is there; or remove all of it: "
            f"{typed('purge', environment.name, site)}",
        )


def _tell_memory(workspace: Workspace, events: Events) -> None:
    """Say so when there is little memory for a site; it may do all the same."""
    engine = workspace.ports.engine
    free = memory.available(workspace.ports.disk) if engine.host == "127.0.0.1" else None
    for found in memory.judge(workspace.engine_info().memory, free):
        if found.severity is not Severity.OK:
            events(Said(f"{found.what} {found.why} {found.fix}"))


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told what: each event, and the result."""

    events: Events
    show: Show


def _make(workspace: Workspace, environment: Environment, new: NewSite, site: Site, told: Audience) -> Created:
    events = told.events
    site = replace(site, images=images.ensure(workspace, resolve_ckan(environment.ckan), events))
    context = placement.decide(workspace, workspace.context(environment, site), events)
    site = context.site
    start = templates.ensure(workspace, context, events)
    with workspace.lock(environment, site.name, events):
        refuse_existing(workspace, environment, site.name)
        claim.write(workspace, environment, site)
        apply(parts.populate(workspace, context, start), workspace.ports, events)
        context = follow.follow(workspace, context, events)
        with ThreadPoolExecutor(1) as beside:  # services start meanwhile; they sync what they write themselves
            flushed = beside.submit(workspace.ports.disk.flush, context.directory)
            if new.serves:
                settle.settle(workspace, context, events)
                follow.tell_caution(workspace, context, events)
            context, created = _start(workspace, context, new, events)
            flushed.result()
        told.show(created)
        claim.write(workspace, environment, replace(context.site, phase=Phase.CREATED))
    if created.running:
        spares.launch(workspace, context)
    return created


def refuse_existing(workspace: Workspace, environment: Environment, site: str) -> None:
    """Raise Conflict when the environment has that site, complete."""
    disk = workspace.ports.disk
    if not site_file.exists(disk, environment, site):
        return
    if site_file.read(disk, environment, site).phase is not Phase.CREATING:
        complete(workspace, environment, site)
        is_moved = locate.recorded_source(disk, workspace.root, environment.name) != environment.source
        where = environment.source if is_moved else environment.name
        raise Conflict(
            f"The site {site} of {environment.name} is there already.", f"Start it: {typed('start', where, site)}"
        )


def _start(workspace: Workspace, context: SiteContext, new: NewSite, events: Events) -> tuple[SiteContext, Created]:
    password = new.password or random_text(_PASSWORD_LENGTH)
    if new.serves:
        how = up.Up(after_web=_administrator(context, password) if new.sysadmin else (), settled=False)
        context, _ = up.bring_up_anywhere(workspace, context, how, events)
    elif not new.image_only:
        context, _ = up.bring_up_anywhere(workspace, context, replace(up.BACKING, settled=False), events)
        apply(_empty_databases(context), workspace.ports, events)
    made = new.sysadmin and new.serves
    created = Created(
        name=context.environment.name,
        site=context.site.name,
        url=f"{context.site.url}/",
        source=context.environment.source,
        data=context.environment.data,
        administrator=admin.NAME if made else "",
        password=password if made and new.password is None else None,
        running=new.serves,
        initialised=new.init_db,
    )
    return context, created


def _empty_databases(context: SiteContext) -> Plan:
    cause = "they are filled by a load"
    sql = database.empty("ckan") + database.empty("datastore")
    return Plan.of([postgres.statements(context, "postgres", sql, what="two empty databases", cause=cause)])


def _administrator(context: SiteContext, password: str) -> tuple[Operation, ...]:
    sql = admin.upsert(ckan_hash(password))
    cause = "a new site needs somebody who may do everything"
    return (postgres.run_sql(context, "ckan", sql, what=f"the administrator {admin.NAME}", cause=cause),)
