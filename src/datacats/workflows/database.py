"""Save a site's database to a file, or bring one in from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from datacats.apply import apply
from datacats.errors import CommandFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.plan import Operation, Plan, RunOneOff
from datacats.model.ports import Streams
from datacats.planning import database
from datacats.services import postgres, web
from datacats.workflows import ours, settle, sites, spares, up
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace

_PURPOSE = "load"
_UNKNOWN_REVISION = "Can't locate revision identified by"
"""What Alembic says of a database that a later version of its tables' owner has changed."""


@dataclass(frozen=True, slots=True)
class DatabaseOf:
    """Which database: CKAN's own, or the DataStore's."""

    reference: str | None = None
    site: str = PRIMARY
    datastore: bool = False

    @property
    def name(self) -> str:
        """Its name in PostgreSQL."""
        return "datastore" if self.datastore else "ckan"


def dump(which: DatabaseOf, target: BinaryIO, errors: BinaryIO, workspace: Workspace, events: Events = ignore) -> None:
    """Write the database to ``target`` in PostgreSQL's custom format. Raises CommandFailed."""
    with sites.hold(workspace, which.reference, which.site, events) as context:
        up.bring_up(workspace, context, up.BACKING, events)
    streams = Streams(None, target, errors)
    _inside(workspace, context, postgres.dump_command(which.name), streams, "pg_dump")


def load(which: DatabaseOf, source: BinaryIO, errors: BinaryIO, workspace: Workspace, events: Events = ignore) -> None:
    """Replace the database by the dump that ``source`` holds: PostgreSQL's custom format, or SQL.

    The old one serves until the new one is complete, and is kept until the site answers on the new one. Extensions
    get API tokens that CKAN's new one knows. Raises CommandFailed, with the old database back in place.
    """
    with sites.hold(workspace, which.reference, which.site, events) as context:
        up.bring_up(workspace, context, up.FOR_ONE_OFFS, events)
        apply(_preparing(workspace, context, which), workspace.ports, events)
        _inside(
            workspace,
            context,
            postgres.load_command(database.loading(which.name), "" if which.datastore else "package"),
            Streams(source, errors, errors),
            "the load",
        )
        _swap(workspace, context, which, events)
        apply(_forgetting(context, which), workspace.ports, events)
    spares.launch(workspace, context)


def plan_load(which: DatabaseOf, workspace: Workspace) -> tuple[Plan, Plan, Plan]:
    """Return what ``load`` would do, and do nothing: before the dump is loaded, after it, and when the site is up."""
    environment = workspace.find(which.reference)
    context = workspace.context(environment, complete(workspace, environment, which.site))
    before = up.plan_up(workspace, context, up.FOR_ONE_OFFS) + _preparing(workspace, context, which)
    after = _swapped(workspace, context, which) + Plan.of(_after_load(context))
    if not which.datastore:
        after += settle.plan_new_tokens(workspace, context)
    return before, after, _forgetting(context, which)


def _preparing(workspace: Workspace, context: SiteContext, which: DatabaseOf) -> Plan:
    left = ours.remove_one_offs(workspace, context, {_PURPOSE, settle.PURPOSE})
    return left + _sql(context, database.prepare(which.name), "an empty database")


def _forgetting(context: SiteContext, which: DatabaseOf) -> Plan:
    return _sql(context, database.forget(which.name), "the old database goes")


def _swapped(workspace: Workspace, context: SiteContext, which: DatabaseOf) -> Plan:
    stop = ours.stop_ckan(workspace, context, cause="its database is replaced")
    left = _sql(context, database.forget(which.name), "what an interrupted load kept goes")
    return stop + left + _swapping(context, database.swap(which.name))


def _swap(workspace: Workspace, context: SiteContext, which: DatabaseOf, events: Events) -> None:
    steps = _swapped(workspace, context, which)
    try:
        apply(steps, workspace.ports, events)
        try:
            apply(Plan.of(_after_load(context)), workspace.ports, events)
            tokens = None if which.datastore else settle.new_tokens(workspace, context)
        except (CommandFailed, KeyboardInterrupt) as error:
            apply(_swapping(context, database.swap_back(which.name)), workspace.ports, events)
            if isinstance(error, CommandFailed) and _UNKNOWN_REVISION in error.detail:
                raise _too_new(context, error) from error
            raise
        if tokens is not None:
            settle.write_tokens(workspace, context, tokens, events)
    finally:
        up.bring_up(workspace, context, up.Up(), events)


def _too_new(context: SiteContext, error: CommandFailed) -> CommandFailed:
    runs = context.site.images.web.version
    told = CommandFailed(
        f"The dump is of a newer CKAN than this site's, {runs}, or of a newer extension; nothing was changed.",
        "Load it into a site of the CKAN that it was made with, or of a newer one.",
        detail=error.detail,
    )
    told.during = error.during
    return told


def _after_load(context: SiteContext) -> list[Operation]:
    """What makes the rest of the site follow its database."""
    commands = (web.MIGRATE, web.REINDEX)
    return [
        RunOneOff(web.one_off(context, command, purpose=_PURPOSE), cause="the database was replaced")
        for command in commands
    ]


def _inside(workspace: Workspace, context: SiteContext, command: tuple[str, ...], streams: Streams, what: str) -> None:
    container = postgres.container(context)
    status = workspace.ports.engine.containers.session(container, command, streams, interruptible=True)
    if status != 0:
        raise CommandFailed(f"{what} ended with status {status}; nothing was changed.", "The lines above say why.")


def _sql(context: SiteContext, sql: str, what: str) -> Plan:
    return Plan.of([postgres.statements(context, "postgres", sql, what=what, cause="a dump is loaded")])


def _swapping(context: SiteContext, sql: str) -> Plan:
    return Plan.of([postgres.run_sql(context, "postgres", sql, what="the two change names", cause="a dump is loaded")])
