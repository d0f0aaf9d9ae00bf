"""``datacats redis-cli``."""

from __future__ import annotations

import click

from datacats.cli.options import pass_session
from datacats.cli.passthrough import PassThrough, passthrough_arguments, run_inner
from datacats.cli.session import Session


@click.command("redis-cli", cls=PassThrough, epilog="Example:  datacats redis-cli LLEN rq:queue:default")
@passthrough_arguments
@pass_session
def command(session: Session, words: tuple[str, ...], environment: str | None, site: str) -> int:
    """Run redis-cli on a site's Redis, signed in."""
    from datacats.workflows.ask import Ask, redis_cli  # noqa: PLC0415 - help must not pay for it

    ask = Ask(words, environment, site)
    return run_inner(session, lambda streams: redis_cli(ask, session.workspace, streams, session.events()))
