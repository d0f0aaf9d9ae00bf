"""Stop a site; its containers stay, with their logs."""

from __future__ import annotations

from dataclasses import dataclass

from datacats.apply import apply
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.plan import Plan
from datacats.planning import teardown
from datacats.workflows.workspace import Workspace, observe


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stopped site, and what was done to stop it."""

    name: str
    site: str
    changed: tuple[str, ...]


def stop(reference: str | None, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY) -> Stopped:
    """Stop a site: web first, PostgreSQL last, each by its own signal. Raises NotFound."""
    environment = workspace.find(reference)
    context = workspace.context(environment, site)
    with workspace.lock(environment, site, events):
        plan = plan_stop(reference, workspace, site=context.site.name)
        apply(plan, workspace.ports, events)
    return Stopped(environment.name, site, tuple(map(str, plan)))


def plan_stop(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Plan:
    """Return what ``stop`` would do, and do nothing. Containers of others with our names are no concern of it."""
    context = workspace.context(workspace.find(reference), site)
    seen = observe(workspace.ports, context.environment, site).of(workspace.root.uuid)
    return teardown.stop(seen, cause="asked for")
