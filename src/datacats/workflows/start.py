"""Bring a site up, or replace its web; touch nothing that already matches."""

from __future__ import annotations

from dataclasses import dataclass, field

from datacats.apply import apply
from datacats.errors import NotFound
from datacats.model.environment import Environment, Mode, Site, SiteContext
from datacats.model.event import Events, Said, ignore
from datacats.model.names import PRIMARY, RUN_CKAN, typed
from datacats.model.plan import Plan, Wait
from datacats.model.switches import services_of
from datacats.recipes import resolve_ckan
from datacats.store import extensions, locate
from datacats.store.environment_file import NAME as FILE
from datacats.workflows import builder, changeover, claim, database, follow, lines, ours, settle, sites, spares, up
from datacats.workflows.claim import SiteOptions
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class StartOptions:
    """Which site, and what to change of it.

    ``replace`` names services that are made anew, ``reload`` those that run CKAN's code and do not follow the source
    by themselves; without ``wait`` nobody waits for the page.
    """

    reference: str | None = None
    site: str = PRIMARY
    options: SiteOptions = field(default_factory=SiteOptions)
    replace: frozenset[str] = frozenset()
    reload: bool = False
    wait: bool = True


@dataclass(frozen=True, slots=True)
class Started:
    """A running site, and what was done to get it there. ``debugger`` is where an editor attaches, empty if nowhere."""

    name: str
    site: str
    url: str
    changed: tuple[str, ...]
    debugger: str = ""


def start(options: StartOptions, workspace: Workspace, events: Events = ignore) -> Started:
    """Bring a site up. Raises Conflict when it was never completed, NotReady when web does not answer."""
    changeover.finished(workspace, workspace.find(options.reference), events)
    database.finished(workspace, options.reference, options.site, events)
    with sites.hold(workspace, options.reference, options.site, events) as there:
        context = prepare(workspace, there, options, events)
        context, plan = up.bring_up_anywhere(workspace, context, _how(context, options), events)
    if options.wait:
        spares.launch(workspace, context)
    changed = tuple(str(step) for step in plan if not isinstance(step, Wait))
    debugger = f"127.0.0.1:{context.site.debugger_port}" if context.site.debugger_port else ""
    return Started(context.environment.name, options.site, f"{context.site.url}/", changed, debugger)


def prepare(workspace: Workspace, there: SiteContext, options: StartOptions, events: Events) -> SiteContext:
    """Have what the services of a site find when they start. The caller holds its locks."""
    environment = there.environment
    _tell_version(environment, there.site, events)
    if options.options != SiteOptions():
        site = claim.change(workspace, environment, options.site, options.options, events)
        there = workspace.context(environment, site)
    _follow_source(workspace, environment)
    _refuse_absent(there, options.replace)
    context = _with_layer(workspace, there, events)
    found = extensions.find(workspace.ports.disk, environment.source)
    follow.tell_lag(workspace, context, found, events)
    settle.settle(workspace, context, events, found=found)
    follow.tell_caution(workspace, context, events)
    return context


def plan_start(options: StartOptions, workspace: Workspace, events: Events = ignore) -> Plan:
    """Return what ``start`` would do, and do nothing."""
    environment = workspace.find(options.reference)
    claim.check(options.options)
    site = complete(workspace, environment, options.site)
    changed = claim.with_options(workspace, environment, site, options.options, events)
    context = workspace.context(environment, changed)
    _refuse_absent(context, options.replace)
    found = extensions.find(workspace.ports.disk, environment.source)
    follow.tell_lag(workspace, context, found, events)
    steps = up.plan_up(workspace, context, _how(context, options))
    if settling := settle.plan(workspace, context, found):
        backing = up.plan_up(workspace, context, up.BACKING)
        done = {str(step) for step in backing}
        steps = backing + settling + Plan.of(step for step in steps if str(step) not in done)
    return builder.plan_packages(workspace, context) + steps


def _refuse_absent(context: SiteContext, replaced: frozenset[str]) -> None:
    """Raise NotFound when the services to replace are switched off."""
    there = services_of(context.environment, context.site)
    if replaced and replaced.isdisjoint(there):
        name = min(replaced)
        raise NotFound(
            f"The service {name} of {context.environment.name} is switched off.",
            f"Switch it on: {typed('service add', f'{name} -e {context.environment.name}', context.site.name)}",
        )


def _with_layer(workspace: Workspace, context: SiteContext, events: Events) -> SiteContext:
    """Have the installed extensions again when somebody removed them; what ran on them holds on to what is gone."""
    place = context.environment.layer(context.layer)
    if not context.layer or workspace.ports.disk.entry(place) is not None:
        return context
    events(Said(f"{place} was removed: the extensions are installed again."))
    apply(ours.stop_ckan(workspace, context, cause="its extensions were removed"), workspace.ports, events)
    return follow.follow(workspace, context, events)


def _tell_version(environment: Environment, site: Site, events: Events) -> None:
    """A site keeps its images until it is upgraded. Raises UnknownVersion for a version that datacats does not know."""
    wanted = resolve_ckan(environment.ckan)
    runs = site.images.web.version
    if error := lines.of_another(environment, site):
        events(Said(f"{error.message} {error.hint}"))
    elif wanted != runs:
        upgrade = typed("upgrade", environment.name, site.name)
        events(Said(f"{FILE} says CKAN {environment.ckan}; {site.name} runs {runs} until: {upgrade}"))


def _how(context: SiteContext, options: StartOptions) -> up.Up:
    return up.Up(replace=options.replace | _reloaded(context, options), wait=options.wait)


def _reloaded(context: SiteContext, options: StartOptions) -> frozenset[str]:
    """In development what runs CKAN beside web starts anew by itself when the source changes."""
    if not options.reload:
        return frozenset()
    return frozenset(("web",) if context.site.mode is Mode.DEVELOPMENT else RUN_CKAN)


def _follow_source(workspace: Workspace, environment: Environment) -> None:
    """A source directory that was moved is found by the environment's name again; so is one whose record is lost."""
    disk, root, name = workspace.ports.disk, workspace.root, environment.name
    if not locate.is_there(disk, root, name) or locate.recorded_source(disk, root, name) != environment.source:
        locate.record_source(disk, environment, workspace.owner(environment))
