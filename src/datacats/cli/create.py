"""``datacats create``."""

from __future__ import annotations

from typing import Any

import click

from datacats.cli import values
from datacats.cli.new_site import new_site, new_site_options, show
from datacats.cli.options import dry_run_option, output_options, pass_session, port_argument, site_option
from datacats.cli.session import Session


@click.command("create", epilog="Example:  datacats create catstown")
@click.argument("target", metavar="NAME_OR_DIR", shell_complete=values.directories)
@port_argument
@click.option(
    "--ckan",
    metavar="VERSION",
    shell_complete=values.ckan_versions,
    help="The CKAN version, or its line.  [default: 2.12]",
)
@click.option("--bare", is_flag=True, help="Make no theme in the source directory.")
@new_site_options
@site_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session,
    /,
    target: str,
    port: int | None,
    ckan: str | None,
    bare: bool,
    site: str,
    dry_run: bool,
    **chosen: Any,
) -> None:
    """Make an environment and bring its site up."""
    from datacats.workflows.create import NewEnvironment, create, plan_create  # noqa: PLC0415 - help must not pay

    new = NewEnvironment(target, ckan, bare, new_site(site, port, dry_run=dry_run, **chosen))
    if dry_run:
        found = plan_create(new, session.workspace, session.events())
        session.foreseen(found.plan, found.later)
        return
    create(new, session.workspace, session.events(), lambda made: show(session, made))
