"""Run one command as web would, in a container of its own that is destroyed after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.ports import Streams
from datacats.services import web
from datacats.workflows import up
from datacats.workflows.start import complete
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OneOff:
    """A command for a one-off container."""

    command: tuple[str, ...]
    reference: str | None = None
    site: str = PRIMARY


def run(one_off: OneOff, workspace: Workspace, streams: Streams, events: Events = ignore) -> int:
    """Run the command on the caller's streams and return its exit status; the backing services are brought up."""
    environment = workspace.find(one_off.reference)
    context = workspace.context(environment, complete(workspace, environment, one_off.site))
    with workspace.lock(environment, one_off.site):
        up.bring_up(workspace, context, up.BACKING, events)
    spec = web.one_off(context, one_off.command, purpose="command", terminal=streams.terminal)
    return workspace.ports.engine.containers.run(spec.labelled(), streams)


def from_paster(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words after ``ckan`` for the words after ``paster``: today's CKAN has one program for all plugins."""
    rest = list(words)
    while rest and rest[0].startswith("--plugin"):
        rest = rest[1:] if "=" in rest[0] else rest[2:]
    return tuple(rest)
