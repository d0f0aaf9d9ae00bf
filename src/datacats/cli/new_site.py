"""What ``create`` and ``init`` share: the options of a new site, and how the result is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from datacats.cli.options import address_options, is_terminal
from datacats.cli.session import Session
from datacats.errors import UsageError
from datacats.model.names import called, typed

if TYPE_CHECKING:
    from datacats.workflows.new_site import Created, NewSite

Function = TypeVar("Function", bound=Callable[..., Any])

_SHORTEST_PASSWORD = 8
"""CKAN itself refuses shorter ones in its forms."""
_TOO_SHORT = f"The password is too short: CKAN wants {_SHORTEST_PASSWORD} characters."

_OPTIONS = (
    address_options,
    click.option("--production", is_flag=True, help="Run the production server."),
    click.option("--image-only", is_flag=True, help="Make images and data, start nothing."),
    click.option("--no-init-db", is_flag=True, help="Leave both databases empty for a load; start no web."),
    click.option("--no-sysadmin", is_flag=True, help="Make no administrator."),
    click.option("--no-datastore", is_flag=True, help="Leave the DataStore out."),
    click.option("--low-memory", is_flag=True, help="Use smaller heaps, and no reloader."),
    click.option("--admin-password-stdin", is_flag=True, help="Read the administrator's password from standard input."),
    click.option("--clean-on-failure", is_flag=True, help="Remove what was made when something fails or interrupts."),
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
    expose_debugger: bool,
    production: bool,
    image_only: bool,
    no_init_db: bool,
    no_sysadmin: bool,
    no_datastore: bool,
    low_memory: bool,
    admin_password_stdin: bool,
    clean_on_failure: bool,
    dry_run: bool,
) -> NewSite:
    """Return what the options choose; the password is asked for on a terminal, before any work is done."""
    from datacats.model.environment import Mode  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415
    from datacats.workflows.new_site import NewSite  # noqa: PLC0415

    options = SiteOptions(
        port,
        address,
        site_url,
        Mode.PRODUCTION if production else None,
        datastore=not no_datastore,
        low_memory=low_memory,
        expose_debugger=expose_debugger,
    )
    new = NewSite(
        site,
        options,
        sysadmin=not no_sysadmin,
        image_only=image_only,
        init_db=not no_init_db,
        clean_on_failure=clean_on_failure,
    )
    if not (new.sysadmin and new.serves) or dry_run:
        return new
    return replace(new, password=read_password(from_stdin=admin_password_stdin))


def read_password(*, from_stdin: bool) -> str | None:
    """Return the password from standard input or the terminal; None (make one) when neither has it."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
        if not password:
            raise UsageError("There is no password on standard input.", "Its first line is the password.")
    elif is_terminal(sys.stdin) and is_terminal(sys.stderr):
        return _asked() or None
    else:
        return None
    if _is_short(password):
        raise UsageError(_TOO_SHORT, "Run it again.")
    return password


def _asked() -> str:
    """Ask a person until there is a password that CKAN takes, typed twice alike; or none."""
    while True:
        password: str = click.prompt(
            "Password for admin (empty: make one)", hide_input=True, default="", show_default=False, err=True
        )
        if _is_short(password):
            click.echo(_TOO_SHORT, err=True)
        elif not password or click.prompt("The same again", hide_input=True, err=True) == password:
            return password
        else:
            click.echo("The two passwords differ.", err=True)


def _is_short(password: str) -> bool:
    return 0 < len(password) < _SHORTEST_PASSWORD


def show(session: Session, created: Created) -> None:
    """Show the result; a generated password is shown whatever ``--quiet`` says, because it is kept nowhere."""
    words = called(created.name, created.site)
    lines = [f"{words} is ready: {created.url}" if created.running else f"{words} is made."]
    if not created.initialised:
        load = typed("db load", f"FILE -e {created.name}", created.site)
        lines.append(f"Its databases are empty. Bring one in: {load}")
    elif not created.running:
        lines.append(f"Start it: {typed('start', created.name, created.site)}")
    if created.administrator:
        secret = f"password {created.password}" if created.password else "with the password you chose"
        lines.append(f"Sign in as {created.administrator}, {secret}")
    if created.password:
        session.quiet = False
    session.result(created, lines, then=typed("open", created.name, created.site) if created.running else "")
    sys.stdout.flush()  # once the site counts as complete, nobody can be told the password again
