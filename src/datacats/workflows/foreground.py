"""Run a site's web in the foreground of a terminal, so that a breakpoint can ask its questions there."""

from __future__ import annotations

from dataclasses import replace

from datacats.apply import apply
from datacats.errors import Conflict
from datacats.model.environment import Mode, SiteContext
from datacats.model.event import Events, Said, ignore
from datacats.model.names import typed
from datacats.model.observed import Observed
from datacats.model.ports import Streams
from datacats.planning import teardown
from datacats.services import web
from datacats.workflows import changeover, claim, database, ours, sites, up
from datacats.workflows.start import StartOptions, prepare
from datacats.workflows.workspace import Workspace, observe


def run(options: StartOptions, workspace: Workspace, streams: Streams, events: Events = ignore) -> int:
    """Run web until it ends or is interrupted, and return its exit status; its container is gone then.

    The backing services are brought up, and a web that runs in the background is replaced. Raises what ``start`` does,
    and Conflict for a site in production mode that is not to leave it.
    """
    changeover.finished(workspace, workspace.find(options.reference), events)
    database.finished(workspace, options.reference, options.site, events)
    with sites.hold(workspace, options.reference, options.site, events) as there:
        _refuse_production(there, options)
        context = prepare(workspace, there, options, events)
        background = _background(workspace, context)
        if not _has_port(background, context):
            claim.refuse_taken(workspace, _without_debugger(context))
        context, _ = up.bring_up_anywhere(workspace, context, up.ALL_BUT_WEB, events)
        apply(teardown.remove(background, cause="web runs in the foreground"), workspace.ports, events)
    spec = web.in_foreground(context, terminal=streams.terminal)
    with claim.explaining(workspace, _without_debugger(context)):
        status = workspace.ports.engine.containers.run(spec.labelled(), streams)
    verb = "start" if there.site.mode is context.site.mode else "start --production"
    back = typed(verb, context.environment.name, context.site.name)
    events(Said(f"Web of {context.environment.name} has ended and is gone. Bring it back: {back}"))
    return status


def _refuse_production(there: SiteContext, options: StartOptions) -> None:
    """What runs in the foreground is the development server: a proxy may hand the world on to where it listens."""
    if there.site.mode is Mode.PRODUCTION and options.options.mode is not Mode.DEVELOPMENT:
        verb = "start --interactive --development"
        raise Conflict(
            f"{there.environment.name} is in production mode: what runs in the foreground is the development server, "
            "with its debugger.",
            f"Where nobody else can reach it: {typed(verb, there.environment.name, there.site.name)}",
        )


def _background(workspace: Workspace, context: SiteContext) -> Observed:
    seen = observe(workspace.ports, context.environment, context.site.name)
    ours.refuse_strangers(seen, workspace.root.uuid)
    return Observed(tuple(each for each in seen.containers if each.service == web.SERVICE))


def _has_port(background: Observed, context: SiteContext) -> bool:
    """Whether the port is taken by what makes way for the foreground."""
    return any(port.port == context.site.port for each in background.containers for port in each.ports)


def _without_debugger(context: SiteContext) -> SiteContext:
    return replace(context, site=replace(context.site, debugger=False))
