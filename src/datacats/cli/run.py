"""``datacats run``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_options, run_in_one_off
from datacats.cli.session import Session
from datacats.errors import UsageError


@click.command("run", cls=PassThrough, epilog="Example:  datacats run python -m pytest --version")
@passthrough_options
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str) -> int:
    """Run any program in a throw-away container.

    Streams, signals and exit status are its own. Our options end at the first word that is not ours.
    """
    if not words:
        raise UsageError("Name a program.", "For example: datacats run env")
    return run_in_one_off(session, words, environment, site)
