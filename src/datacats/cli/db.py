"""``datacats db dump`` and ``datacats db load``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from datacats.cli.files import reading, writing
from datacats.cli.groups import Group
from datacats.cli.options import environment_option, output_options, pass_session, site_option
from datacats.cli.session import Session

_datastore = click.option("--datastore", is_flag=True, help="The DataStore's database, not CKAN's own.")


@click.group("db", cls=Group)
def command() -> None:
    """Save a site's database to a file, or bring one in."""


@command.command("dump", epilog="Example:  datacats db dump catstown.dump")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@environment_option
@_datastore
@site_option
@output_options
@pass_session
def dump(session: Session, file: Path, environment: str | None, datastore: bool, site: str) -> None:
    """Write the database to FILE (- for standard output) in PostgreSQL's custom format."""
    from datacats.workflows import database  # noqa: PLC0415 - help must not pay for it

    which = database.DatabaseOf(environment, site, datastore)
    with writing(file) as target:
        database.dump(which, target, sys.stderr.buffer, session.workspace, session.events())
    if str(file) != "-":
        session.result({"file": str(file)}, [f"Wrote {file}"])


@command.command("load", epilog="Example:  datacats db load catstown.dump")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@environment_option
@_datastore
@site_option
@output_options
@pass_session
def load(session: Session, file: Path, environment: str | None, datastore: bool, site: str) -> None:
    """Replace the database by the dump in FILE (- for standard input), custom format or SQL."""
    from datacats.workflows import database  # noqa: PLC0415 - help must not pay for it

    which = database.DatabaseOf(environment, site, datastore)
    with reading(file) as source:
        database.load(which, source, sys.stderr.buffer, session.workspace, session.events())
    session.result({"file": str(file)}, [f"Loaded {file}"])
