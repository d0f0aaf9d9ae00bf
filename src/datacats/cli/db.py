"""``datacats db dump`` and ``datacats db load``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from datacats.cli.groups import Group
from datacats.cli.options import dry_run_option, is_terminal, yes_option
from datacats.cli.session import Session
from datacats.cli.transfer import force_option, of_a_site, reading, source_argument, target_argument, writing, wrote

if TYPE_CHECKING:
    from datacats.workflows.database import DatabaseOf

_datastore = click.option("--datastore", is_flag=True, help="Take the DataStore's database, not CKAN's own.")


@click.group("db", cls=Group, epilog="More on one of them:  datacats help db COMMAND")
def command() -> None:
    """Save a site's database to a file, or bring one in."""


@command.command("dump", epilog="Example:  datacats db dump catstown.dump")
@target_argument
@force_option
@_datastore
@of_a_site
def dump(session: Session, file: Path, force: bool, environment: str | None, datastore: bool, site: str) -> None:
    """Write the database to FILE (- for standard output) in PostgreSQL's custom format."""
    from datacats.cli.documents import File  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import database  # noqa: PLC0415

    which = database.DatabaseOf(environment, site, datastore)
    with writing(session, file, force=force) as target:
        database.dump(which, target, sys.stderr.buffer, session.workspace, session.events())
    again = f"datacats db load {shlex.quote(str(file))} -e NAME"
    wrote(session, File(file), then=f"To bring it into another site: {again}")


@command.command("load", epilog="Example:  datacats db load catstown.dump")
@source_argument
@_datastore
@yes_option
@dry_run_option
@of_a_site
def load(
    session: Session, file: Path, environment: str | None, datastore: bool, site: str, yes: bool, dry_run: bool
) -> None:
    """Replace the database by the dump in FILE (- for standard input), custom format or SQL.

    On a terminal it asks before: what is in the database is lost.
    """
    from datacats.cli.documents import File  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import database  # noqa: PLC0415

    which = database.DatabaseOf(environment, site, datastore)
    if dry_run:
        before, after, last = database.plan_load(which, session.workspace)
        loading = f"load the dump into the database {which.name}"
        session.foreseen(before, [loading, *map(str, after), "start what was stopped", *map(str, last)])
        return
    if not yes:
        _confirm(session, which)
    with reading(file) as source:
        database.load(which, source, sys.stderr.buffer, session.workspace, session.events())
    session.result(File(file), [f"Loaded {file}"])


def _confirm(session: Session, which: DatabaseOf) -> None:
    """Ask a person; a program has said what it wants. Raises Declined."""
    from datacats.errors import Declined  # noqa: PLC0415
    from datacats.model.names import called  # noqa: PLC0415

    if session.for_programs or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return
    whose = called(session.workspace.find(which.reference).name, which.site)
    what = "DataStore" if which.datastore else "database"
    if not click.confirm(f"What is in the {what} of {whose} now is lost. Go on?", default=False, err=True):
        raise Declined("Nothing was loaded.", "Save what is there first: datacats db dump FILE")
