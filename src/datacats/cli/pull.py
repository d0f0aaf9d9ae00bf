"""``datacats pull``."""

from __future__ import annotations

import click

from datacats.cli.images import ckan_option, registry_option
from datacats.cli.options import output_options, pass_session
from datacats.cli.session import Session


@click.command("pull", epilog="Example:  datacats pull --registry registry.example.org:5000")
@click.option("-a", "--all", "every", is_flag=True, help="The images of every CKAN version that is supported.")
@ckan_option
@registry_option
@output_options
@pass_session
def command(session: Session, every: bool, ckan: str, registry: str | None) -> None:
    """Have the images here before they are needed: from the registry, else built."""
    from datacats.workflows import image_store  # noqa: PLC0415 - help must not pay for it

    workspace = session.workspace.with_registry(registry)
    versions = image_store.lines() if every else (ckan,)
    names = [str(ref) for ref in image_store.build_all(versions, workspace, session.events())]
    session.result({"images": names}, names)
