"""``datacats spare``."""

from __future__ import annotations

import click

from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.model.names import called


@click.command("spare", epilog="Example:  datacats spare catstown")
@environment_argument
@site_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, environment: str | None, site: str, dry_run: bool) -> None:
    """Have a container stand ready with CKAN imported, for the next ckan command.

    Other commands of datacats see to that by themselves, in the background.
    """
    from datacats.workflows.spare import make, plan_make  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_make(environment, session.workspace, site=site))
        return
    made = make(environment, session.workspace, session.events(), site=site)
    words = "has a spare container" if made.ready else "has no spare container"
    session.result(made, [f"{called(made.name, made.site)} {words}"])
