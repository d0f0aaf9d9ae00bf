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
from datacats.model.names import typed
from datacats.model.observed import Observed
from datacats.model.plan import CreateNetwork, Plan, RemoveContainer, RunOneOff
from datacats.services import web
from datacats.store import layer, source
from datacats.store.extensions import normalise
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace, observe

PURPOSE = "startup"
"""What the one-off container of this step is started for."""

_WHAT = "see CKAN start"

_ENDED = re.compile(r"[\w.]+: |[\w.]+(Error|Exception)$")
_PLACE = re.compile(rf"{web.LAYER}/ckanext/(\w+)/|{web.PROJECT}/((?:(?:src/)?ckanext/(\w+)|([\w.-]+))/[^\"'\s]*)")
"""Where code lies: in a package of the layer, or in a file of the source directory."""


def serves(context: SiteContext, seen: Observed) -> bool:
    """Whether the site is one in production, and its web serves as such."""
    there = seen.container(web.container(context))
    if there is None or not there.running or context.site.mode is not Mode.PRODUCTION:
        return False
    return there.labels.get(labels.MODE) == str(Mode.PRODUCTION)


def is_due(context: SiteContext, seen: Observed, steps: Plan) -> bool:
    """Whether steps would take away a web that serves. One whose network is gone or changes does not."""
    if not serves(context, seen) or any(isinstance(step, CreateNetwork) for step in steps):
        return False
    return any(isinstance(step, RemoveContainer) and step.name == web.container(context) for step in steps)


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
        with explaining(workspace, context):
            apply(trial(context, seen), workspace.ports, events)


@contextmanager
def explaining(workspace: Workspace, context: SiteContext) -> Iterator[None]:
    """Have a trial that failed say why, and that nothing happened to what serves."""
    try:
        yield
    except CommandFailed as error:
        if error.during != _WHAT:
            raise
        told = explained(workspace, context, error)
        reload = typed("reload", context.environment.name, context.site.name)
        told.hint = f"Web serves on as it was. {told.hint}; then: {reload}"
        raise told from error


def explained(
    workspace: Workspace, context: SiteContext, error: CommandFailed, *, coming: bool = False
) -> CommandFailed:
    """Name the extension whose code CKAN was in when it ended, what it ended with, and what mends that.

    What is only ``coming`` cannot be taken out again.
    """
    environment, runs = context.environment, context.site.images.web.version
    if missing := re.search(r"PluginNotFoundException: (?:Plugin ')?([^'\s]+)", error.detail):
        return CommandFailed(
            f"CKAN {runs} does not start: no package has the plugin {missing[1]} that ckan.ini enables.",
            f"Take {missing[1]} out of ckan.plugins in {environment.source / source.INI}, or install what has it",
            detail=error.detail,
        )
    gone = layer.gone(workspace.ports.disk, environment.source, environment.layer(context.layer))
    if gone and "No module named" in error.detail:
        return CommandFailed(
            f"CKAN {runs} does not start: ./{gone[0]} is gone from the source directory.",
            f"Put it back, or install what is there: datacats install -e {environment.name}",
            detail=error.detail,
        )
    culprit, file = _culprit(workspace, context, error.detail)
    said = (line for line in reversed(error.detail.splitlines()) if _ENDED.match(line))
    ways = [f"Mend {file}" if file else "Mend what its last lines complain of"]
    if culprit and not file:
        ways = [f"Another release may do: datacats install -e {environment.name} '{culprit}==VERSION'"]
    if not coming:
        ways.append(f"take it out: datacats uninstall -e {environment.name} {culprit or 'NAME'}")
    return CommandFailed(
        f"CKAN {runs} does not start{f' with {culprit}' if culprit else ''}: {next(said, error.message)}",
        "; or ".join(ways),
        detail=error.detail,
    )


def _culprit(workspace: Workspace, context: SiteContext, traceback: str) -> tuple[str, str]:
    """Return the extension that was last in CKAN's way, and the file where, if it lies in the source directory."""
    found = list(_PLACE.finditer(traceback))
    if not found:
        return "", ""
    laid, file, itself, directory = found[-1].groups()
    if file:
        return f"ckanext-{itself}" if itself else directory, file
    packages = layer.installed(workspace.ports.disk, context.environment.layer(context.layer))
    names = (name for name in (f"ckanext-{laid}", laid) if normalise(name) in packages)
    return next(map(normalise, names), f"ckanext-{laid}"), ""
