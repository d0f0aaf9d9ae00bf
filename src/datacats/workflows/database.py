"""Save a site's database to a file, or bring one in from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from datacats.apply import apply
from datacats.errors import CommandFailed
from datacats.model.environment import Phase, SiteContext
from datacats.model.event import Events, Said, ignore
from datacats.model.names import PRIMARY, called
from datacats.model.plan import Operation, Plan, RunOneOff
from datacats.model.ports import Streams
from datacats.planning import database
from datacats.services import postgres, web
from datacats.store import site_file
from datacats.workflows import claim, ours, settle, sites, spares, up
from datacats.workflows.carried import carried
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace

_PURPOSE = "load"
_NAMES = ("ckan", "datastore")
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
    with carried(f"dump the database {which.name}", events) as moved:
        streams = Streams(None, target, errors, moved=moved)
        _inside(workspace, context, postgres.dump_command(which.name), streams, "pg_dump")


def load(which: DatabaseOf, source: BinaryIO, errors: BinaryIO, workspace: Workspace, events: Events = ignore) -> None:
    """Replace the database by the dump that ``source`` holds: PostgreSQL's custom format, or SQL.

    The old one serves until the new one is complete, and is kept until the site answers on the new one. Extensions
    get API tokens that CKAN's new one knows. From the moment that they change names until the site follows the new one
    the site counts as half replaced. Raises CommandFailed, with the old database back in place.
    """
    with sites.hold(workspace, which.reference, which.site, events, loading=True) as context:
        up.bring_up(workspace, context, up.FOR_ONE_OFFS, events)
        apply(_preparing(workspace, context, which), workspace.ports, events)
        command = postgres.load_command(database.loading(which.name), "" if which.datastore else "package")
        with carried(f"load the dump into the database {which.name}", events, source) as moved:
            _inside(workspace, context, command, Streams(source, errors, errors, moved=moved), "the load")
        _swap(workspace, context, which, events)
        apply(_forgetting(context, which.name), workspace.ports, events)
    spares.launch(workspace, context)


def finished(workspace: Workspace, reference: str | None, site: str, events: Events) -> None:
    """Bring a load that was cut while the databases changed names to its end, on the one that has the name by now.

    Raises CommandFailed, with the old database back in place, when CKAN does not take the loaded one.
    """
    environment = workspace.find(reference)
    if site_file.read(workspace.ports.disk, environment, site).phase is not Phase.LOADING:
        return
    with sites.hold(workspace, reference, site, events, loading=True) as context:
        if context.site.phase is not Phase.LOADING:
            return
        whose = called(environment.name, site)
        events(Said(f"A load of the database of {whose} was interrupted; now it is carried on."))
        up.bring_up(workspace, context, up.FOR_ONE_OFFS, events)
        apply(_alone(workspace, context), workspace.ports, events)
        try:
            tokens = _follow(workspace, context, events, tokens=True)
        except CommandFailed:
            _give_back(workspace, context, events)
            raise
        _take(workspace, context, tokens, events)
        apply(_forgetting(context, *_NAMES), workspace.ports, events)


def plan_load(which: DatabaseOf, workspace: Workspace) -> tuple[Plan, Plan, Plan]:
    """Return what ``load`` would do, and do nothing: before the dump is loaded, after it, and when the site is up."""
    environment = workspace.find(which.reference)
    context = workspace.context(environment, complete(workspace, environment, which.site, loading=True))
    before = up.plan_up(workspace, context, up.FOR_ONE_OFFS) + _preparing(workspace, context, which)
    after = _swapped(workspace, context, which) + Plan.of(_after_load(context))
    if not which.datastore:
        after += settle.plan_new_tokens(workspace, context)
    return before, after, _forgetting(context, which.name)


def _preparing(workspace: Workspace, context: SiteContext, which: DatabaseOf) -> Plan:
    """What an interrupted load has kept goes; where it has the name by now, the old database gets that back before."""
    if context.site.phase is Phase.LOADING:
        left = _alone(workspace, context) + _back(context)
    else:
        left = _without_left(workspace, context)
    empty = database.prepare(which.name) + database.forget(which.name)
    return left + _sql(context, empty, "an empty database")


def _without_left(workspace: Workspace, context: SiteContext) -> Plan:
    return ours.remove_one_offs(workspace, context, {_PURPOSE, settle.PURPOSE})


def _alone(workspace: Workspace, context: SiteContext) -> Plan:
    """Plan to have nothing use the database."""
    stop = ours.stop_ckan(workspace, context, cause="its database is replaced")
    return _without_left(workspace, context) + stop


def _forgetting(context: SiteContext, *names: str) -> Plan:
    return _sql(context, "".join(map(database.forget, names)), "the old database goes")


def _swapped(workspace: Workspace, context: SiteContext, which: DatabaseOf) -> Plan:
    stop = ours.stop_ckan(workspace, context, cause="its database is replaced")
    return stop + _swapping(context, database.swap(which.name))


def _back(context: SiteContext) -> Plan:
    """Plan to give the old database its name back, whichever of both was replaced."""
    return _swapping(context, "".join(map(database.swap_back, _NAMES)))


def _swap(workspace: Workspace, context: SiteContext, which: DatabaseOf, events: Events) -> None:
    steps = _swapped(workspace, context, which)
    claim.write(workspace, context.environment, replace(context.site, phase=Phase.LOADING))
    try:
        apply(steps, workspace.ports, events)
        tokens = _follow(workspace, context, events, tokens=not which.datastore)
    except (CommandFailed, KeyboardInterrupt) as error:
        _give_back(workspace, context, events)
        if isinstance(error, CommandFailed) and _UNKNOWN_REVISION in error.detail:
            raise _too_new(context, error) from error
        raise
    _take(workspace, context, tokens, events)


def _follow(workspace: Workspace, context: SiteContext, events: Events, *, tokens: bool) -> dict[str, str] | None:
    """Have the rest of the site follow its database; return the API tokens that CKAN's new one knows, if asked."""
    apply(Plan.of(_after_load(context)), workspace.ports, events)
    return settle.new_tokens(workspace, context) if tokens else None


def _take(workspace: Workspace, context: SiteContext, tokens: Mapping[str, str] | None, events: Events) -> None:
    """Bring the site up on the new database."""
    if tokens is not None:
        settle.write_tokens(workspace, context, tokens, events)
    claim.write(workspace, context.environment, replace(context.site, phase=Phase.CREATED))
    up.bring_up(workspace, context, up.Up(), events)


def _give_back(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Bring the site up on the old database."""
    apply(_back(context), workspace.ports, events)
    claim.write(workspace, context.environment, replace(context.site, phase=Phase.CREATED))
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
    cause = "the database was replaced"
    migrate = RunOneOff(web.one_off(context, web.MIGRATE, purpose=_PURPOSE), what="migrate both databases", cause=cause)
    return [migrate, web.reindex(context, purpose=_PURPOSE, cause=cause)]


def _inside(workspace: Workspace, context: SiteContext, command: tuple[str, ...], streams: Streams, what: str) -> None:
    container = postgres.container(context)
    status = workspace.ports.engine.containers.session(container, command, streams, interruptible=True)
    if status != 0:
        raise CommandFailed(f"{what} ended with status {status}; nothing was changed.", "The lines above say why.")


def _sql(context: SiteContext, sql: str, what: str) -> Plan:
    return Plan.of([postgres.statements(context, "postgres", sql, what=what, cause="a dump is loaded")])


def _swapping(context: SiteContext, sql: str) -> Plan:
    return Plan.of([postgres.run_sql(context, "postgres", sql, what="the two change names", cause="a dump is loaded")])
