"""``datacats restart``."""

from __future__ import annotations

import click

from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.cli.start import bring_up
from datacats.model.names import SERVICES


@click.command("restart", epilog="Example:  datacats restart solr")
@click.argument("service", type=click.Choice(SERVICES), metavar="SERVICE")
@environment_argument
@site_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, service: str, environment: str | None, site: str, dry_run: bool) -> None:
    """Replace one service by a new container, and bring everything else up.

    SERVICE is web, postgres, solr, redis, worker, mail, cron, harvest-gather or harvest-fetch.
    """
    from datacats.workflows.start import StartOptions  # noqa: PLC0415 - help must not pay for it

    bring_up(session, StartOptions(environment, site, replace=frozenset({service})), dry_run=dry_run)
