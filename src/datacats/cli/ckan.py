"""``datacats ckan``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, cold_option, passthrough_options, run_in_one_off
from datacats.cli.session import Session


@click.command("ckan", cls=PassThrough, epilog="Example:  datacats ckan user list")
@passthrough_options
@cold_option
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str, cold: bool) -> int:
    """Run a ckan command in a throw-away container.

    Streams, signals and exit status are its own. Our options end at the first word that is not ours.
    """
    if "generate" in words:
        from datacats.workflows.paster import refuse_generator  # noqa: PLC0415 - most commands need not pay for it

        refuse_generator(words)
    return run_in_one_off(session, ("ckan", *words), environment, site, cold=cold)
