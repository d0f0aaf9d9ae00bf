"""``datacats uninstall``."""

from __future__ import annotations

import click

from datacats.cli import values
from datacats.cli.installed import show
from datacats.cli.options import dry_run_option, environment_option, output_options, pass_session
from datacats.cli.session import Session


@click.command("uninstall", epilog="Example:  datacats uninstall ckanext-scheming")
@click.argument("packages", nargs=-1, required=True, metavar="NAME...", shell_complete=values.extensions)
@environment_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, packages: tuple[str, ...], environment: str | None, dry_run: bool) -> None:
    """Take extensions out.

    Their plugins, the settings that came with them, and their code go; their tables stay. What lies in the source
    directory is only disabled: its code goes when its directory does.
    """
    from datacats.workflows.install import InstallOptions, install, plan_install  # noqa: PLC0415 - help must not pay for it

    wanted = InstallOptions(environment, remove=packages)
    if dry_run:
        found = plan_install(wanted, session.workspace, session.events())
        session.foreseen(found.plan, found.later)
        return
    show(session, install(wanted, session.workspace, session.events()))
