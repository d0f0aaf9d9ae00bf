"""``datacats uninstall``."""

from __future__ import annotations

import click

from datacats.cli.installed import show
from datacats.cli.options import environment_option, output_options, pass_session
from datacats.cli.session import Session


@click.command("uninstall", epilog="Example:  datacats uninstall ckanext-scheming")
@click.argument("packages", nargs=-1, required=True, metavar="NAME...")
@environment_option
@output_options
@pass_session
def command(session: Session, packages: tuple[str, ...], environment: str | None) -> None:
    """Take extensions out.

    Their plugins, the settings that came with them, and their code go; their tables stay.
    """
    from datacats.workflows.install import Wanted, install  # noqa: PLC0415 - help must not pay for it

    show(session, install(Wanted(environment, remove=packages), session.workspace, session.events()))
