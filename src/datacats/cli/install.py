"""``datacats install``."""

from __future__ import annotations

import click

from datacats.cli import values
from datacats.cli.installed import show
from datacats.cli.options import dry_run_option, environment_option, output_options, pass_session
from datacats.cli.session import Session


@click.command("install", epilog="Example:  datacats install ckanext-scheming")
@click.argument("packages", nargs=-1, metavar="[REQUIREMENT]...", shell_complete=values.directories)
@environment_option
@click.option("--clean", is_flag=True, help="Install everything anew from datacats.lock.")
@click.option("--upgrade", is_flag=True, help="Take the newest releases that go together; of REQUIREMENTs, or of all.")
@click.option("--no-enable", is_flag=True, help="Enable no plugin in ckan.ini.")
@dry_run_option
@output_options
@pass_session
def command(
    session: Session,
    packages: tuple[str, ...],
    environment: str | None,
    clean: bool,
    upgrade: bool,
    no_enable: bool,
    dry_run: bool,
) -> None:
    """Install extensions: those in the source directory, and those asked for.

    A REQUIREMENT is a name, a name with a version (ckanext-scheming==3.1.0), a git address, or a directory in the
    source directory. All are resolved together under the versions that CKAN runs with, and written to datacats.lock.
    """
    from datacats.workflows.install import InstallOptions, install, plan_install  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.resolve import ALL  # noqa: PLC0415

    newer = packages or (ALL,) if upgrade else ()
    wanted = InstallOptions(environment, packages, clean=clean, upgrade=newer, enable=not no_enable)
    if dry_run:
        found = plan_install(wanted, session.workspace, session.events())
        session.foreseen(found.plan, found.later)
        return
    show(session, install(wanted, session.workspace, session.events()))
