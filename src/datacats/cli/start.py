"""``datacats start``."""

from __future__ import annotations

from dataclasses import replace
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
from datacats.model.names import typed

if TYPE_CHECKING:
    from datacats.workflows.start import StartOptions


@click.command("start", epilog="Example:  datacats start catstown")
@environment_argument
@port_argument
@click.option("--production", is_flag=True, help="Run the production server.")
@click.option("--development", is_flag=True, help="Run the development server.")
@click.option("-b", "--background", is_flag=True, help="Do not wait for the page.")
@click.option("-i", "--interactive", is_flag=True, help="Run web in the foreground: breakpoints work, Ctrl-C ends it.")
@click.option("--debugger/--no-debugger", default=None, help="Have debugpy listen on a loopback port, or no more.")
@click.option("--profile/--no-profile", default=None, help="Measure each page and its SQL, or no more: see profile.")
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
    interactive: bool,
    debugger: bool | None,
    profile: bool | None,
    address: str | None,
    site_url: str | None,
    expose_debugger: bool,
    site: str,
    dry_run: bool,
) -> int | None:
    """Bring a site up; touch nothing that already matches."""
    from datacats.model.environment import Mode  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415
    from datacats.workflows.start import StartOptions  # noqa: PLC0415

    if interactive and session.for_programs:
        raise click.UsageError("--interactive excludes --json and --events.")
    if interactive and (background or production):
        raise click.UsageError("--interactive excludes --background and --production.")
    if debugger and (interactive or production):
        raise click.UsageError("--debugger excludes --interactive and --production.")
    if profile and (interactive or production):
        raise click.UsageError("--profile excludes --interactive and --production.")
    if production and development:
        raise click.UsageError("--production and --development exclude each other.")
    mode = Mode.PRODUCTION if production else Mode.DEVELOPMENT if development else None
    watching = SiteOptions(debugger=debugger, profile=profile, expose_debugger=expose_debugger)
    chosen = replace(watching, port=port, address=address, site_url=site_url, mode=mode)
    options = StartOptions(environment, site, chosen, wait=not background)
    if interactive and not dry_run:
        return _in_foreground(session, options)
    bring_up(session, options, dry_run=dry_run)
    return None


def _in_foreground(session: Session, options: StartOptions) -> int:
    from datacats.cli.passthrough import own_streams  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.foreground import run  # noqa: PLC0415

    return run(options, session.workspace, own_streams(), session.events())


def bring_up(session: Session, options: StartOptions, *, dry_run: bool) -> None:
    """Start a site and show the result, or show the plan."""
    from datacats.workflows.start import plan_start, start  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_start(options, session.workspace, session.events()))
        return
    started = start(options, session.workspace, session.events())
    word = "Running at" if options.wait else "Starting at"
    word = word if started.changed else "Already running at"
    attach = [f"Debugger (debugpy) at {started.debugger}; /project there is the source directory here"]
    lines = [f"{word} {started.url}", *(attach if started.debugger else ())]
    session.result(started, lines, then=typed("logs -f", f"-e {started.name}", started.site))
