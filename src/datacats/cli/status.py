"""``datacats status``."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from datacats.cli.columns import width
from datacats.cli.options import environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.cli.termination import interrupted
from datacats.errors import EngineUnreachable, Unhealthy, UsageError

if TYPE_CHECKING:
    from datacats.workflows.status import Status

_HOME, _TO_LINE_END, _TO_SCREEN_END, _CLEAR = "\x1b[H", "\x1b[K", "\x1b[J", "\x1b[2J"


@click.command("status", epilog="Example:  datacats status catstown")
@environment_argument
@site_option
@click.option("-w", "--watch", is_flag=True, help="Look again and again, until interrupted.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="The time between two looks of --watch.",
)
@output_options
@pass_session
def command(session: Session, environment: str | None, site: str, watch: bool, interval: float) -> int:
    """Show how a site is: services, search index, jobs, disk, and what is wrong.

    Ends with 0 when all that should run does and is well, else with 19; --watch, when interrupted, with 130.
    """
    from datacats.cli.status_lines import lines  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.status import status  # noqa: PLC0415

    if watch:
        return _watch(session, environment, site, interval)
    found = status(environment, session.workspace, site=site)
    shown = lines(found, width())
    session.result(found, shown, shown[:1])
    return 0 if found.healthy else Unhealthy.exit_code


def _watch(session: Session, environment: str | None, site: str, interval: float) -> int:
    from datacats.workflows.status import watch  # noqa: PLC0415 - help must not pay for it

    if session.for_programs:
        raise UsageError("--json and --watch exclude each other: a document has an end.", "See: datacats status --help")
    show = _redraw if session.look_of_results().live else _append
    try:
        for number, found in enumerate(watch(environment, session.workspace, interval, site=site)):
            show(_block(found, interval, brief=session.quiet), first=number == 0)
    except KeyboardInterrupt as end:
        return interrupted(end).exit_code  # the usual end, which needs no words
    return 0


def _block(found: Status | EngineUnreachable, interval: float, *, brief: bool) -> list[str]:
    from datacats.cli.render import error_lines  # noqa: PLC0415 - help must not pay for it
    from datacats.cli.status_lines import lines  # noqa: PLC0415

    shown = error_lines(found) if isinstance(found, EngineUnreachable) else lines(found, width())
    if brief:
        return shown[:1]
    return [*shown, "", f"{time.strftime('%H:%M:%S')}, every {interval:g} s; Ctrl-C ends."]


def _append(shown: Sequence[str], *, first: bool) -> None:
    """One block after another, an empty line between two."""
    _print([*([] if first else [""]), *shown])


def _redraw(shown: Sequence[str], *, first: bool) -> None:
    """Write over what is there, line by line, so that nothing flickers; what has no room is left out."""
    size = shutil.get_terminal_size()
    broken = [line[at : at + size.columns] for line in shown for at in range(0, max(len(line), 1), size.columns)]
    body = "".join(f"{line}{_TO_LINE_END}\n" for line in broken[: size.lines - 1])
    sys.stdout.write(f"{_CLEAR if first else ''}{_HOME}{body}{_TO_SCREEN_END}")
    sys.stdout.flush()


def _print(shown: Iterable[str]) -> None:
    for line in shown:
        print(line)
    sys.stdout.flush()
