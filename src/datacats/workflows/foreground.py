"""Run a site's web in the foreground of a terminal, so that a breakpoint can ask its questions there."""

from __future__ import annotations

from datacats.apply import apply
from datacats.model.event import Events, ignore
from datacats.model.observed import Observed
from datacats.model.ports import Streams
from datacats.planning import teardown
from datacats.services import web
from datacats.workflows import claim, ours, sites, up
from datacats.workflows.claim import SiteOptions
from datacats.workflows.start import StartOptions
from datacats.workflows.workspace import Workspace, observe


def run(options: StartOptions, workspace: Workspace, streams: Streams, events: Events = ignore) -> int:
    """Run web until it ends or is interrupted, and return its exit status; its container is gone then.

    The backing services are brought up, and a web that runs in the background is replaced. Raises what ``start`` does.
    """
    with sites.hold(workspace, options.reference, options.site, events) as there:
        context, environment = there, there.environment
        if options.options != SiteOptions():
            site = claim.change(workspace, environment, options.site, options.options, events)
            context = workspace.context(environment, site)
        up.bring_up(workspace, context, up.ALL_BUT_WEB, events)
        seen = observe(workspace.ports, environment, options.site)
        ours.refuse_strangers(seen, workspace.root.uuid)
        background = Observed(tuple(each for each in seen.containers if each.service == web.SERVICE))
        apply(teardown.remove(background, cause="web runs in the foreground"), workspace.ports, events)
    spec = web.in_foreground(context, terminal=streams.terminal)
    return workspace.ports.engine.containers.run(spec.labelled(), streams)
