"""``datacats purge``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from datacats.cli import values
from datacats.cli.options import (
    dry_run_option,
    environment_argument,
    is_terminal,
    output_options,
    pass_session,
    yes_option,
)
from datacats.cli.session import Session

if TYPE_CHECKING:
    from datacats.model.plan import Plan


@click.command("purge", epilog="Example:  datacats purge catstown")
@environment_argument
@click.option(
    "-s", "--site", shell_complete=values.sites, metavar="SITE", help="The one site to remove.  [default: all of them]"
)
@click.option("--delete-environment", is_flag=True, help="Remove the source directory as well.")
@yes_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session, environment: str | None, site: str | None, delete_environment: bool, yes: bool, dry_run: bool
) -> None:
    """Remove a site's containers and data.

    Without -s all its sites go, and the data directory with them.
    """
    from datacats.errors import Declined, UsageError  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.purge import PurgeOptions, purge  # noqa: PLC0415

    if site is not None and delete_environment:
        raise UsageError("-s and --delete-environment exclude each other.", "See: datacats purge --help")

    def approve(plan: Plan) -> bool:
        if dry_run:
            session.foreseen(plan)
            return False
        return yes or (not session.for_programs and _ask(session, plan, source=delete_environment))

    try:
        done = purge(PurgeOptions(environment, site, delete_environment), session.workspace, approve, session.events())
    except Declined:
        if not dry_run:
            raise
        return
    session.result(done, [f"Purged {done.name}: {', '.join(done.sites) or 'nothing was left'}"])


def _ask(session: Session, plan: Plan, *, source: bool) -> bool:
    from datacats.cli.render import plan_lines  # noqa: PLC0415

    if not is_terminal(sys.stdin):
        return False
    session.end_progress()
    click.echo("\n".join(plan_lines(plan)), err=True)
    fate = "and the source directory go" if source else "go; the source directory stays"
    click.echo(f"The database, the uploaded files, the search index {fate}.", err=True)
    return click.confirm("All this is lost. Go on?", default=False, err=True)
