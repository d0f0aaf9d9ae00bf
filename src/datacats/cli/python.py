"""``datacats python``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_arguments, run_in_one_off
from datacats.cli.session import Session


@click.command("python", cls=PassThrough, epilog="Example:  datacats python -c 'import ckan; print(ckan.__version__)'")
@passthrough_arguments
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str) -> int:
    """Run Python in a throw-away container, with CKAN to import."""
    return run_in_one_off(session, ("python", *words), environment, site)
