"""``datacats reload``."""

from __future__ import annotations

import click

from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.cli.start import bring_up


@click.command("reload", epilog="Example:  datacats reload catstown")
@environment_argument
@click.argument("port", required=False, type=int)
@click.option("--address", metavar="IP", help="The host address to publish the port on.")
@click.option("--site-url", metavar="URL", help="The address people use, where it is not ADDRESS:PORT.")
@site_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session,
    environment: str | None,
    port: int | None,
    address: str | None,
    site_url: str | None,
    site: str,
    dry_run: bool,
) -> None:
    """Replace web, and bring everything else up."""
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.start import StartOptions  # noqa: PLC0415

    options = StartOptions(environment, site, SiteOptions(port, address, site_url), frozenset({"web"}))
    bring_up(session, options, dry_run=dry_run)
