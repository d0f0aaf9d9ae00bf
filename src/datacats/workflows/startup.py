"""See CKAN start before it takes the place of a web in production; say why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from datacats.apply import apply
from datacats.errors import CommandFailed
from datacats.model import labels
from datacats.model.environment import Mode, SiteContext
from datacats.model.event import Events
from datacats.model.names import container_name, typed
from datacats.model.observed import Observed
from datacats.model.plan import CreateNetwork, Plan, RemoveContainer, RunOneOff
from datacats.services import web
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace, observe

PURPOSE = "startup"
"""What the one-off container of this step is started for."""

_WHAT = "see CKAN start"


def serves(context: SiteContext, seen: Observed) -> bool:
    """Whether the site is one in production, and its web serves as such."""
    there = seen.container(_web(context))
    if there is None or not there.running or context.site.mode is not Mode.PRODUCTION:
        return False
    return there.labels.get(labels.MODE) == str(Mode.PRODUCTION)


def is_due(context: SiteContext, seen: Observed, steps: Plan) -> bool:
    """Whether steps would take away a web that serves. One whose network is gone or changes does not."""
    if not serves(context, seen) or any(isinstance(step, CreateNetwork) for step in steps):
        return False
    return any(isinstance(step, RemoveContainer) and step.name == _web(context) for step in steps)


def trial(context: SiteContext, seen: Observed) -> Plan:
    """Plan to load CKAN as the production server does; where that fails, ``explaining`` says so."""
    cause = "web serves until then"
    return ours.left(seen, {PURPOSE}) + Plan.of(
        [RunOneOff(web.one_off(context, web.check(context), purpose=PURPOSE), what=_WHAT, cause=cause)]
    )


def try_out(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Raise CommandFailed where a web serves in production, and CKAN does not start as ``context`` describes it."""
    seen = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
    if serves(context, seen):
        with explaining(context):
            apply(trial(context, seen), workspace.ports, events)


@contextmanager
def explaining(context: SiteContext) -> Iterator[None]:
    """Have a trial that failed say why, and that nothing happened to what serves."""
    try:
        yield
    except CommandFailed as error:
        if error.during != _WHAT:
            raise
        told = explained(context, error)
        reload = typed("reload", context.environment.name, context.site.name)
        told.hint = f"Web serves on as it was. {told.hint}; then: {reload}"
        raise told from error


def explained(context: SiteContext, error: CommandFailed) -> CommandFailed:
    """Name the extension whose code CKAN was in when it ended, and what it ended with."""
    lines = error.detail.splitlines()
    itself = rf"{web.PROJECT}/(?:src/)?ckanext/(\w+)/"
    found = re.finditer(rf"{web.LAYER}/ckanext/(\w+)/|{itself}|{web.PROJECT}/([\w.-]+)/", error.detail)
    places = [(match[1] or match[2], match[3]) for match in found]
    culprit = next((f"ckanext-{name}" if name else own for name, own in reversed(places)), "")
    said = (line for line in reversed(lines) if re.match(r"[\w.]+: |[\w.]+(Error|Exception)$", line))
    with_what = f" with {culprit}" if culprit else ""
    return CommandFailed(
        f"CKAN {context.site.images.web.version} does not start{with_what}: {next(said, error.message)}",
        f"Mend it, or take it out: datacats uninstall -e {context.environment.name} {culprit or 'NAME'}",
        detail=error.detail,
    )


def _web(context: SiteContext) -> str:
    return container_name(web.SERVICE, context.environment.name, context.site.name)
