"""``datacats shell``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_arguments, run_in_one_off
from datacats.cli.session import Session


@click.command("shell", cls=PassThrough, epilog="Example:  datacats shell")
@passthrough_arguments
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str) -> int:
    """Open a shell in a throw-away container.

    It begins in the source directory; called in the directory of an extension, in that.
    """
    return run_in_one_off(session, ("bash", "-l", *words), environment, site, inside=True)
