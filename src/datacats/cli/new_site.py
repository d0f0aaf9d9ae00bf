"""What ``create`` and ``init`` share: the options of a new site, and how the result is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

import click

from datacats.cli.session import Session
from datacats.errors import UsageError

if TYPE_CHECKING:
    from datacats.workflows.new_site import Created, NewSite

Function = TypeVar("Function", bound=Callable[..., Any])

_SHORTEST_PASSWORD = 8
"""CKAN itself refuses shorter ones in its forms."""

_OPTIONS = (
    click.option("--site-url", metavar="URL", help="The address people use, where it is not ADDRESS:PORT."),
    click.option("--address", metavar="IP", help="The host address to publish the port on.  [default: 127.0.0.1]"),
    click.option("--image-only", is_flag=True, help="Make images and data, start nothing."),
    click.option("--no-sysadmin", is_flag=True, help="Make no administrator."),
    click.option("--no-datastore", is_flag=True, help="Leave the DataStore out."),
    click.option("--low-memory", is_flag=True, help="Smaller heaps, no reloader."),
    click.option("--admin-password-stdin", is_flag=True, help="Read the administrator's password from standard input."),
)


def new_site_options(function: Function) -> Function:
    """Add the options of a new site."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def new_site(
    site: str,
    port: int | None,
    *,
    site_url: str | None,
    address: str | None,
    image_only: bool,
    no_sysadmin: bool,
    no_datastore: bool,
    low_memory: bool,
    admin_password_stdin: bool,
) -> NewSite:
    """Return what the options choose; the password is asked for on a terminal, before any work is done."""
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.new_site import NewSite  # noqa: PLC0415

    options = SiteOptions(port, address, site_url, datastore=not no_datastore, low_memory=low_memory)
    wanted = not (no_sysadmin or image_only)
    password = read_password(from_stdin=admin_password_stdin) if wanted else None
    return NewSite(site, options, password, sysadmin=not no_sysadmin, image_only=image_only)


def read_password(*, from_stdin: bool) -> str | None:
    """Return the password from standard input or the terminal; None (make one) when neither has it."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
    elif sys.stdin.isatty() and sys.stderr.isatty():
        password = click.prompt(
            "Password for admin (empty: make one)", hide_input=True, default="", show_default=False, err=True
        )
        if password and click.prompt("The same again", hide_input=True, err=True) != password:
            raise UsageError("The two passwords differ.", "Run the command again.")
    else:
        return None
    if password and len(password) < _SHORTEST_PASSWORD:
        raise UsageError(f"The password is too short: CKAN wants {_SHORTEST_PASSWORD} characters.", "Run it again.")
    return password or None


def show(session: Session, created: Created) -> None:
    """Show the result; a generated password is shown whatever ``--quiet`` says, because it is kept nowhere."""
    record = {**asdict(created), "password": created.password}
    lines = [f"{created.name} is ready: {created.url}" if created.running else f"{created.name} is made."]
    if created.administrator:
        secret = f"password {created.password}" if created.password else "with the password you chose"
        lines.append(f"Sign in as {created.administrator}, {secret}")
    if created.password:
        session.quiet = False
    session.result(record, lines)
