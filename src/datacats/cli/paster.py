"""``datacats paster``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, cold_option, passthrough_options, run_in_one_off
from datacats.cli.session import Session


@click.command("paster", cls=PassThrough, epilog="Example:  datacats paster --plugin=ckan db upgrade")
@passthrough_options
@cold_option
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str, cold: bool) -> int:
    """Run a ckan command by its old spelling.

    Options that named a plugin are left out: today's CKAN has one program for all of them. What was renamed since
    is found under its new name; what CKAN no longer has is said so.
    """
    from datacats.workflows.paster import from_paster  # noqa: PLC0415 - help must not pay for it

    return run_in_one_off(session, ("ckan", *from_paster(words)), environment, site, cold=cold)
