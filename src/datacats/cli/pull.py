"""``datacats pull``."""

from __future__ import annotations

import click

from datacats.cli.images import ckan_option, have, registry_option
from datacats.cli.options import dry_run_option, output_options, pass_session
from datacats.cli.session import Session


@click.command("pull", epilog="Example:  datacats pull --registry registry.example.org:5000")
@click.option("-a", "--all", "every", is_flag=True, help="Have the images of every CKAN version that is supported.")
@ckan_option
@registry_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, every: bool, ckan: str, registry: str | None, dry_run: bool) -> None:
    """Have the images here before they are needed: from the registry, else built."""
    from datacats.workflows.image_store import lines  # noqa: PLC0415 - help must not pay for it

    have(session, lines() if every else (ckan,), registry, dry_run=dry_run)
