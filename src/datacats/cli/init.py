"""``datacats init``."""

from __future__ import annotations

from typing import Any

import click

from datacats.cli.new_site import new_site, new_site_options, show
from datacats.cli.options import output_options, pass_session, site_option
from datacats.cli.session import Session


@click.command("init", epilog="Example:  git clone URL catstown && datacats init catstown")
@click.argument("directory", required=False)
@click.argument("port", required=False, type=int)
@new_site_options
@site_option
@output_options
@pass_session
def command(session: Session, /, directory: str | None, port: int | None, site: str, **chosen: Any) -> None:
    """Make a site for a source directory that is there: a clone, or a further site of an environment."""
    from datacats.workflows.init import init  # noqa: PLC0415 - help must not pay for it

    new = new_site(site, port, **chosen)
    init(directory, new, session.workspace, session.events(), lambda made: show(session, made))
