"""``datacats exec``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_options, run_inner
from datacats.cli.session import Session
from datacats.errors import UsageError


@click.command("exec", cls=PassThrough, epilog="Example:  datacats exec postgres psql -U postgres ckan")
@passthrough_options
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str) -> int:
    """Run a command inside a running service.

    The first word is the service, the others are the command.
    """
    from datacats.workflows.inside import execute  # noqa: PLC0415 - help must not pay for it

    service, *inner = words or ("",)
    if not inner:
        raise UsageError("Name a service and a command.", "For example: datacats exec web sh")
    return run_inner(
        session, lambda streams: execute(environment, service, inner, streams, session.workspace, site=site)
    )
