"""Which services a site has, and switching those that it may have on and off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from datacats.errors import Conflict, NotFound, UsageError
from datacats.model.environment import Environment, SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY, SERVICES
from datacats.model.nearest import did_you_mean
from datacats.model.plan import PlaceFile, Plan
from datacats.model.switches import SWITCHES, is_on
from datacats.services import ini, mail
from datacats.store import ckan_ini, environment_file, source
from datacats.workflows import builder, info, sites, spares, up
from datacats.workflows.mail import refuse_production
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A service: whether the site has it, its container's state, and what it does.

    ``usual`` says when it is there although ``datacats.toml`` says nothing; empty for those that are always there.
    """

    name: str
    on: bool
    state: str
    what: str
    usual: str


@dataclass(frozen=True, slots=True)
class Switched:
    """A switched service, and what was done for it."""

    name: str
    site: str
    service: str
    on: bool
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switching:
    """Which service to switch, where, and to what. Other sites of the environment follow at their next start."""

    service: str
    on: bool
    reference: str | None = None
    site: str = PRIMARY


def services(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> tuple[ServiceInfo, ...]:
    """Return every service that a site has or may have. Raises NotFound."""
    environment = workspace.find(reference)
    record = workspace.context(environment, site).site
    states: Mapping[str, str] = info.one(reference, workspace, site=site).containers
    return tuple(
        ServiceInfo(
            name=name,
            on=is_on(name, environment, record),
            state=states.get(name, ""),
            what=SWITCHES[name].what if name in SWITCHES else ALWAYS[name],
            usual=SWITCHES[name].usual if name in SWITCHES else "",
        )
        for name in SERVICES
    )


def switch(wanted: Switching, workspace: Workspace, events: Events = ignore) -> Switched:
    """Write a switch into ``datacats.toml``, and bring the site that runs to what it says now. Raises NotFound."""
    with sites.hold(workspace, wanted.reference, wanted.site, events) as there:
        plan, context = _plan(workspace, there, wanted)
        up.carry_out(workspace, context, plan, events)
    if info.serves(context.environment.name, workspace, site=wanted.site):
        spares.launch(workspace, context)
    return Switched(context.environment.name, context.site.name, wanted.service, wanted.on, tuple(map(str, plan)))


def plan_switch(wanted: Switching, workspace: Workspace) -> Plan:
    """Return what ``switch`` would do, and do nothing."""
    environment = workspace.find(wanted.reference)
    context = workspace.context(environment, complete(workspace, environment, wanted.site))
    plan, context = _plan(workspace, context, wanted)
    return (builder.plan_packages(workspace, context) if up.needs_image(context, plan) else Plan()) + plan


def _plan(workspace: Workspace, context: SiteContext, wanted: Switching) -> tuple[Plan, SiteContext]:
    _refuse(wanted.service)
    environment = context.environment
    if wanted.on:
        _refuse_without_plugin(workspace, environment, wanted.service)
        if wanted.service == mail.SERVICE:
            refuse_production(context)
    path = environment.source / environment_file.NAME
    before = workspace.ports.disk.read(path)
    after = environment_file.with_service(before, wanted.service, on=wanted.on)
    entry = workspace.ports.disk.entry(path)
    mode = entry.mode if entry else 0o644
    owner = (context.host.uid, context.host.gid)
    written = [PlaceFile(path, after, owner, mode, cause="asked for")] if after != before else []
    changed = replace(environment, services={**environment.services, wanted.service: wanted.on})
    context = replace(context, environment=changed)
    runs = info.serves(environment.name, workspace, site=wanted.site)
    return Plan.of(written) + (up.plan_up(workspace, context, up.Up()) if runs else Plan()), context


def _refuse(service: str) -> None:
    if service in SWITCHES:
        return
    if service in ALWAYS:
        raise UsageError(f"Every site has {service}: it cannot be switched.", _SEE)
    hint = did_you_mean(service, SWITCHES, f"Services to switch: {', '.join(SWITCHES)}")
    raise NotFound(f"There is no service {service!r}.", hint)


def _refuse_without_plugin(workspace: Workspace, environment: Environment, service: str) -> None:
    """Raise Conflict for a service whose program a plugin brings that is not enabled: it would end again and again."""
    switch, ini_file = SWITCHES[service], source.check_ini(workspace.ports.disk, environment.source, ini.OWNED)
    if switch.plugin and switch.plugin not in ckan_ini.plugins(ini_file):
        raise Conflict(
            f"{service} runs a program of {switch.package}, whose plugin {switch.plugin} is not enabled in "
            f"{environment.name}.",
            f"Install it, and the service comes with it: datacats install -e {environment.name} {switch.package}",
        )


_SEE = "See: datacats service list"
ALWAYS = {
    "web": "CKAN's pages and API",
    "postgres": "PostgreSQL: CKAN's database and the DataStore's",
    "solr": "Solr: the search index",
    "redis": "Redis: sessions, caches, the queue of jobs",
}
