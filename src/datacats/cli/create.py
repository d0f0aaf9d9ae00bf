"""``datacats create``."""

from __future__ import annotations

from typing import Any

import click

from datacats.cli.new_site import new_site, new_site_options, show
from datacats.cli.options import output_options, pass_session, site_option
from datacats.cli.session import Session


@click.command("create", epilog="Example:  datacats create catstown")
@click.argument("target", metavar="NAME_OR_DIR")
@click.argument("port", required=False, type=int)
@click.option("--ckan", default="2.12", show_default=True, metavar="VERSION", help="CKAN's version, or line.")
@new_site_options
@site_option
@output_options
@pass_session
def command(
    session: Session,
    /,
    target: str,
    port: int | None,
    ckan: str,
    site: str,
    **chosen: Any,
) -> None:
    """Make an environment and bring its site up."""
    from datacats.workflows.create import NewEnvironment, create  # noqa: PLC0415 - help must not pay for it

    new = NewEnvironment(target, ckan, new_site(site, port, **chosen))
    create(new, session.workspace, session.events(), lambda made: show(session, made))
