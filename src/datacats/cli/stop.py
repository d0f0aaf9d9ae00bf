"""``datacats stop``."""

from __future__ import annotations

import click

from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.model.names import called, typed


@click.command("stop", epilog="Example:  datacats stop catstown")
@environment_argument
@site_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, environment: str | None, site: str, dry_run: bool) -> None:
    """Stop the containers of a site; they stay, with their logs."""
    from datacats.workflows.stop import plan_stop, stop  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_stop(environment, session.workspace, site=site))
        return
    stopped = stop(environment, session.workspace, session.events(), site=site)
    words = called(stopped.name, stopped.site)
    line = f"Stopped {words}" if stopped.changed else f"{words} was not running"
    session.result(stopped, [line], then=typed("start", stopped.name, stopped.site))
