"""``datacats start``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from datacats.workflows.start import StartOptions


@click.command("start", epilog="Example:  datacats start catstown")
@environment_argument
@port_argument
@click.option("--production", is_flag=True, help="Run the production server.")
@click.option("--development", is_flag=True, help="Run the development server.")
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
    production: bool,
    development: bool,
    background: bool,
    address: str | None,
    site_url: str | None,
    expose_debugger: bool,
    site: str,
    dry_run: bool,
) -> None:
    """Bring a site up; touch nothing that already matches."""
    from datacats.model.environment import Mode  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415
    from datacats.workflows.start import StartOptions  # noqa: PLC0415

    if production and development:
        raise click.UsageError("--production and --development exclude each other.")
    mode = Mode.PRODUCTION if production else Mode.DEVELOPMENT if development else None
    chosen = SiteOptions(port, address, site_url, mode, expose_debugger=expose_debugger)
    bring_up(session, StartOptions(environment, site, chosen, wait=not background), dry_run=dry_run)


def bring_up(session: Session, options: StartOptions, *, dry_run: bool) -> None:
    """Start a site and show the result, or show the plan."""
    from datacats.workflows.start import plan_start, start  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_start(options, session.workspace, session.events()))
        return
    started = start(options, session.workspace, session.events())
    word = "Running at" if options.wait else "Starting at"
    word = word if started.changed else "Already running at"
    session.result(asdict(started), [f"{word} {started.url}"])
