"""Options that several commands share."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection
from typing import IO, Any, TypeVar

import click

from datacats.cli import values
from datacats.cli.session import Session
from datacats.errors import UsageError
from datacats.model.names import PRIMARY

Function = TypeVar("Function", bound=Callable[..., Any])

pass_session = click.make_pass_decorator(Session)


def _set(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def remember(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        session = context.find_object(Session)
        if session is not None:
            session.command = context.command_path.partition(" ")[2]
            if value:
                setattr(session, name, True)

    return remember


def _by_option(context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    session = context.find_object(Session)
    if session is not None:
        session.by_option = True
    return value


def is_terminal(stream: IO[str] | None) -> bool:
    """Whether a person is at the other end; a closed stream is None."""
    return stream is not None and stream.isatty()


def _after_the_environment(context: click.Context, _parameter: click.Parameter, port: int | None) -> int | None:
    """Return the port. Raises UsageError where a number alone stands in the environment's place: no name is one."""
    first = context.params.get("environment") or context.params.get("directory") or ""
    if port is None and first.isdecimal():
        words = list(context.ensure_object(Session).words)
        place = words.index(first)
        with_port, as_path = ([*words[:place], *put, *words[place + 1 :]] for put in ((".", first), (f"./{first}",)))
        raise UsageError(
            f"{first} is no name of an environment: the port comes second.",
            f"For the environment of this directory: {shlex.join(['datacats', *with_port])}; "
            f"if it is a directory: {shlex.join(['datacats', *as_path])}",
        )
    return port


_OUTPUT = (
    ("json", "json", "Print one JSON document."),
    ("events", "stream", "Print progress and result as JSON lines."),
    ("quiet", "quiet", "Print no more than must be known."),
    ("plain", "plain", "Print plain lines on a terminal too, one after the other."),
    ("no-color", "no_color", "Print no colors; NO_COLOR does the same."),
    ("debug", "debug", "Print the traceback of an error as well."),
)
_SHOWN = ("json", "events", "quiet")
"""The ones that each command's own help shows."""


def output_options(function: Function, *, shown: Collection[str] = _SHOWN) -> Function:
    """Add the options that every command has; its help shows the most useful ones, and that of datacats all."""
    for name, flag, text in reversed(_OUTPUT):
        option = click.option(
            *(("-q",) if name == "quiet" else ()),
            f"--{name}",
            is_flag=True,
            expose_value=False,
            callback=_set(flag),
            hidden=name not in shown,
            help=text,
        )
        function = option(function)
    return function


def all_output_options(function: Function) -> Function:
    """Add them before the command's name, all of them shown."""
    return output_options(function, shown=[name for name, _, _ in _OUTPUT])


def address_options(function: Function) -> Function:
    """Add where a site answers: ``--address``, ``--site-url``, and ``--expose-debugger``."""
    address = click.option(
        "--address",
        metavar="IP",
        help="The host address to publish the port on.  [default: as before, at first 127.0.0.1]",
    )
    url = click.option("--site-url", metavar="URL", help="The address that people use, where it is not ADDRESS:PORT.")
    expose = click.option(
        "--expose-debugger",
        is_flag=True,
        help="Publish the development server beyond this machine: whoever reaches its debugger can run commands in it.",
    )
    return address(url(expose(function)))


site_option = click.option(
    "-s",
    "--site",
    default=PRIMARY,
    show_default=True,
    metavar="SITE",
    shell_complete=values.sites,
    help="The site of the environment.",
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Print the plan and do nothing.")
environment_argument = click.argument("environment", required=False, shell_complete=values.environments)
environment_option = click.option(
    "-e",
    "--environment",
    callback=_by_option,
    metavar="NAME",
    shell_complete=values.environments,
    help="The environment.  [default: the current directory's]",
)
port_argument = click.argument("port", required=False, type=int, callback=_after_the_environment)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
