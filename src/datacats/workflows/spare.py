"""Have a spare one-off container stand ready for a site's next command."""

from __future__ import annotations

from dataclasses import dataclass

from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import BACKING_SERVICES, PRIMARY
from datacats.model.plan import Plan
from datacats.planning.spare import refresh
from datacats.services import spare
from datacats.workflows import sites, spares, up
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Spared:
    """Whether a site has a spare now, and what was done for that."""

    name: str
    site: str
    ready: bool
    changed: tuple[str, ...]


def make(reference: str | None, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY) -> Spared:
    """Have the spare that the site should have: one where it runs and wants one, else none. Raises NotFound."""
    with sites.hold(workspace, reference, site, events) as context:
        plan, ready = _plan(workspace, context)
        up.carry_out(workspace, context, plan, events)
    return Spared(context.environment.name, site, ready, tuple(map(str, plan)))


def plan_make(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Plan:
    """Return what ``make`` would do, and do nothing."""
    environment = workspace.find(reference)
    return _plan(workspace, workspace.context(environment, complete(workspace, environment, site)))[0]


def _plan(workspace: Workspace, context: SiteContext) -> tuple[Plan, bool]:
    found = up.survey(workspace, context)
    ready = spares.wanted(workspace, context) and found.observed.runs(("web", *BACKING_SERVICES))
    spec = spare.describe(context, found.configuration) if ready else None
    placed = found.placed if ready else Plan()
    return placed + refresh(spec, spare.name(context), found.observed), ready
