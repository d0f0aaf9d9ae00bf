"""``datacats unlink``."""

from __future__ import annotations

import click

from datacats.cli import values
from datacats.cli.link import change
from datacats.cli.options import dry_run_option, environment_option, output_options, pass_session, site_option
from datacats.cli.session import Session


@click.command("unlink", epilog="Example:  datacats unlink catstown -e harvester")
@click.argument("other", metavar="OTHER_SITE", shell_complete=values.other_sites)
@environment_option
@site_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, other: str, environment: str | None, site: str, dry_run: bool) -> None:
    """Part a site from OTHER_SITE, which may be gone."""
    change(session, (other, environment, site), linked=False, dry_run=dry_run)
