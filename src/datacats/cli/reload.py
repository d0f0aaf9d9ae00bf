"""``datacats reload``."""

from __future__ import annotations

import click

from datacats.cli.options import (
    address_options,
    dry_run_option,
    environment_argument,
    output_options,
    pass_session,
    port_argument,
    site_option,
)
from datacats.cli.session import Session
from datacats.cli.start import bring_up


@click.command("reload", epilog="Example:  datacats reload catstown")
@environment_argument
@port_argument
@click.option("-b", "--background", is_flag=True, help="Do not wait for the page.")
@address_options
@site_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session,
    environment: str | None,
    port: int | None,
    background: bool,
    address: str | None,
    site_url: str | None,
    expose_debugger: bool,
    site: str,
    dry_run: bool,
) -> None:
    """Replace web, and bring everything else up.

    In production what else runs CKAN's code is replaced too; in development that starts anew by itself when the source
    changes.
    """
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.start import StartOptions  # noqa: PLC0415

    chosen = SiteOptions(port, address, site_url, expose_debugger=expose_debugger)
    options = StartOptions(environment, site, chosen, reload=True, wait=not background)
    bring_up(session, options, dry_run=dry_run)
