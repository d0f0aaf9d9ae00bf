"""Run one command as web would, in a container of its own that is destroyed after."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from datacats.errors import NoSuchContainer
from datacats.model.environment import SiteContext
from datacats.model.names import PRIMARY
from datacats.model.ports import Streams
from datacats.services import spare, web
from datacats.workflows import sites, spares
from datacats.workflows.workspace import Workspace

if TYPE_CHECKING:
    from datacats.model.event import Events

_PROJECT_FILES = ("pyproject.toml", "setup.py")
_OF_TABLES = {("db", word) for word in ("init", "upgrade", "downgrade", "clean", "pending-migrations")}


@dataclass(frozen=True, slots=True)
class OneOff:
    """A command for a one-off container; ``cold`` has a new one made for it even where a spare stands ready.

    ``inside`` runs it where the caller stands: in the source directory, or in that of the extension he stands in.
    """

    command: tuple[str, ...]
    reference: str | None = None
    site: str = PRIMARY
    cold: bool = False
    inside: bool = False

    @property
    def can_be_spared(self) -> bool:
        """Whether a spare can run it."""
        return not self.cold and not self.inside and self.command[0] == spare.PROGRAM

    @property
    def changes_tables(self) -> bool:
        """Whether it may make or change tables: CKAN breaks where two do so at once."""
        pairs = zip(self.command, self.command[1:], strict=False)
        return self.command[0] == spare.PROGRAM and not _OF_TABLES.isdisjoint(pairs)


def run(one_off: OneOff, workspace: Workspace, streams: Streams, events: Events | None = None) -> int:
    """Run the command on the caller's streams and return its exit status; the backing services are brought up.

    One that changes tables has the site to itself, as every migration of ours has.
    """
    with ExitStack() as held:
        context = held.enter_context(sites.hold(workspace, one_off.reference, one_off.site, events))
        taken = spares.take(workspace, context) if one_off.can_be_spared else None
        if taken is None:
            _bring_up(workspace, context, events)
        if not one_off.changes_tables:
            held.close()
        try:
            return _run(one_off, workspace, context, streams, taken)
        finally:
            if one_off.can_be_spared:
                spares.launch(workspace, context)


def _bring_up(workspace: Workspace, context: SiteContext, events: Events | None) -> None:
    from datacats.model.event import ignore  # noqa: PLC0415
    from datacats.workflows import up  # noqa: PLC0415 - a command that finds all in place must not pay for it

    up.bring_up(workspace, context, up.FOR_ONE_OFFS, events or ignore)


def _run(one_off: OneOff, workspace: Workspace, context: SiteContext, streams: Streams, taken: str | None) -> int:
    engine = workspace.ports.engine
    if taken:
        with suppress(NoSuchContainer):
            return engine.spares.run(taken, one_off.command[1:], streams)
    spec = web.one_off(context, one_off.command, purpose="command", terminal=streams.terminal)
    if one_off.inside:
        spec = replace(spec, working_dir=_directory(workspace, context))
    return engine.containers.run(spec.labelled(), streams)


def _directory(workspace: Workspace, context: SiteContext) -> str:
    """Return where an extension that the caller stands in lies in the container, else the source directory."""
    source = context.environment.source
    here = Path(os.path.realpath(workspace.cwd))
    for directory in (here, *here.parents) if source in here.parents else ():
        if directory == source:
            break
        if any(workspace.ports.disk.entry(directory / name) for name in _PROJECT_FILES):
            return f"{web.PROJECT}/{directory.relative_to(source)}"
    return web.PROJECT
