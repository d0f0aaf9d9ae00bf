"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from datacats.cli.session import Session
from datacats.model.names import PRIMARY

Function = TypeVar("Function", bound=Callable[..., Any])

pass_session = click.make_pass_decorator(Session)


def _set(name: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def remember(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        session = context.find_object(Session)
        if session is not None:
            session.command = context.command.name or ""
            if value:
                setattr(session, name, True)

    return remember


def output_options(function: Function) -> Function:
    """Add ``--json`` and ``-q/--quiet``."""
    json = click.option(
        "--json", is_flag=True, expose_value=False, callback=_set("json"), help="Print one JSON document."
    )
    quiet = click.option(
        "-q", "--quiet", is_flag=True, expose_value=False, callback=_set("quiet"), help="Print nothing but errors."
    )
    return json(quiet(function))


site_option = click.option("-s", "--site", default=PRIMARY, show_default=True, help="The site of the environment.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Print the plan and do nothing.")
environment_argument = click.argument("environment", required=False)
environment_option = click.option("-e", "--environment", help="The environment.  [default: the current directory's]")
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
