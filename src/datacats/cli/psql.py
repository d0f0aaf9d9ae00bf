"""``datacats psql``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_arguments, run_inner
from datacats.cli.session import Session


@click.command("psql", cls=PassThrough, epilog="Example:  datacats psql -c 'SELECT name FROM package'")
@passthrough_arguments
@click.option("--datastore", is_flag=True, help="Take the DataStore's database, not CKAN's own.")
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str, datastore: bool) -> int:
    """Run psql on a site's database, as the role that CKAN has."""
    from datacats.workflows.ask import Ask, psql  # noqa: PLC0415 - help must not pay for it

    ask = Ask(words, environment, site)
    return run_inner(
        session, lambda streams: psql(ask, session.workspace, streams, session.events(), datastore=datastore)
    )
