"""``datacats init``."""

from __future__ import annotations

from typing import Any

import click

from datacats.cli import values
from datacats.cli.new_site import new_site, new_site_options, show
from datacats.cli.options import dry_run_option, output_options, pass_session, port_argument, site_option
from datacats.cli.session import Session


@click.command("init", epilog="Example:  git clone URL catstown && datacats init catstown")
@click.argument("directory", required=False, shell_complete=values.environments)
@port_argument
@new_site_options
@site_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session, /, directory: str | None, port: int | None, site: str, dry_run: bool, **chosen: Any
) -> None:
    """Make a site for a source directory that is there.

    That is a clone from elsewhere, or one that gets a further site.
    """
    from datacats.workflows.init import init, plan_init  # noqa: PLC0415 - help must not pay for it

    new = new_site(site, port, dry_run=dry_run, **chosen)
    if dry_run:
        found = plan_init(directory, new, session.workspace, session.events())
        session.foreseen(found.plan, found.later)
        return
    init(directory, new, session.workspace, session.events(), lambda made: show(session, made))
