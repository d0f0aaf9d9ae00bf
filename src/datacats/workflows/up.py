"""Bring one site to its description and to its first page: what create, start and reload share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from datacats.apply import apply
from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.plan import Operation, PlaceFile, Plan
from datacats.planning import template
from datacats.planning.converge import converge
from datacats.services import files, ini
from datacats.services.describe import Desired, describe
from datacats.store import site_file, source
from datacats.workflows.workspace import Workspace, observe


@dataclass(frozen=True, slots=True)
class Up:
    """How a site is brought up. ``replace`` names services that are made anew even when they match."""

    replace: frozenset[str] = frozenset()
    backing_only: bool = False
    after_web: Sequence[Operation] = field(default=())


def plan_up(workspace: Workspace, context: SiteContext, how: Up) -> Plan:
    """Plan what brings the site up; an empty plan means that it runs as described."""
    desired, placed = _desired(workspace, context)
    observed = observe(workspace.ports, context)
    services = [each for each in desired.services if each.service != "web" or not how.backing_only]
    return placed + converge(
        desired.networks,
        services,
        observed,
        after_start={"postgres": (desired.passwords,), "web": how.after_web},
        ready=desired.ready,
        anew=how.replace,
    )


def bring_up(workspace: Workspace, context: SiteContext, how: Up, events: Events) -> Plan:
    """Bring the site up; return what was done. The caller holds the site's lock."""
    plan = plan_up(workspace, context, how)
    apply(plan, workspace.ports, events)
    return plan


def _desired(workspace: Workspace, context: SiteContext) -> tuple[Desired, Plan]:
    disk = workspace.ports.disk
    choices = source.check_ini(disk, context.environment.source, ini.OWNED)
    secrets = site_file.read_secrets(disk, context.environment, context.site.name)
    texts = files.run_files(context, secrets, choices)
    owner = (context.host.uid, context.host.gid)
    absent = [
        step for step in template.directories(context.directory, owner, "not there") if disk.entry(step.path) is None
    ]
    placed = [
        PlaceFile(path, content, owner, cause="not as described")
        for path, content in texts.items()
        if disk.entry(path) is None or disk.read(path) != content
    ]
    desired = describe(context, secrets, files.configuration_digest(texts, choices))
    return desired, Plan.of([*absent, *placed])
