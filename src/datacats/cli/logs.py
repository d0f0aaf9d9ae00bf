"""``datacats logs``."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import click

from datacats.cli import values
from datacats.cli.options import environment_option, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.cli.termination import interrupted
from datacats.errors import UsageError

if TYPE_CHECKING:
    from datacats.model.ports import LogLine

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@click.command("logs", epilog="Example:  datacats logs web solr --tail 20 -f")
@click.argument("services", nargs=-1, shell_complete=values.services)
@environment_option
@click.option("-f", "--follow", is_flag=True, help="Go on until interrupted, across restarts and reloads.")
@click.option(
    "-n", "--tail", type=click.IntRange(min=0), metavar="LINES", help="How many last lines to show.  [default: all]"
)
@click.option("-t", "--timestamps", is_flag=True, help="Put the time before each line.")
@click.option(
    "--since", metavar="AGO", help="The age of the oldest line to show, for example 90s, 15m, 2h, 1d.  [default: any]"
)
@site_option
@output_options
@pass_session
def command(
    session: Session,
    services: tuple[str, ...],
    environment: str | None,
    follow: bool,
    tail: int | None,
    timestamps: bool,
    since: str | None,
    site: str,
) -> int:
    """Show the log of web, or of the services named, interleaved."""
    from datacats.cli.documents import Log, LoggedLine  # noqa: PLC0415 - help must not pay for it
    from datacats.model.ports import LogQuery  # noqa: PLC0415
    from datacats.workflows.logs import Logs, logs, understood  # noqa: PLC0415

    query = LogQuery(follow, tail, _moment(since), timestamps)
    if session.for_programs and follow:
        raise UsageError("--json and --follow exclude each other: a document has an end.", "See: datacats logs --help")
    wanted = understood(Logs(environment, site, services, query), session.workspace)
    lines = logs(wanted, session.workspace, session.events())
    if session.for_programs:
        found = tuple(LoggedLine(service, line.stream, line.text) for service, line in lines)
        session.result(Log(found), [])
        return 0
    try:
        _print(lines, frozenset(wanted.services), follow=follow)
    except KeyboardInterrupt as end:
        return interrupted(end).exit_code  # the usual end, which needs no words
    return 0


def _print(lines: Iterable[tuple[str, LogLine]], services: Collection[str], *, follow: bool) -> None:
    width = max(map(len, services), default=0)
    for service, line in lines:
        prefix = f"{service:<{width}} | " if len(services) > 1 else ""
        print(f"{prefix}{line.text}", flush=follow)


def _moment(since: str | None) -> float | None:
    if since is None:
        return None
    match = re.fullmatch(r"(\d+)([smhd])", since)
    if match is None:
        raise UsageError(f"{since!r} is not a span of time.", "For example: --since 90s, 15m, 2h or 1d")
    return time.time() - int(match[1]) * _UNITS[match[2]]
