"""``datacats service list``, ``service add`` and ``service remove``."""

from __future__ import annotations

import click

from datacats.cli import values
from datacats.cli.columns import columns, width
from datacats.cli.groups import Group
from datacats.cli.options import (
    dry_run_option,
    environment_argument,
    environment_option,
    output_options,
    pass_session,
    site_option,
)
from datacats.cli.session import Session


@click.group("service", cls=Group, epilog="More on one of them:  datacats help service COMMAND")
def command() -> None:
    """List the services of a site, and switch those that it may have."""


@command.command("list", epilog="Example:  datacats service list catstown")
@environment_argument
@site_option
@output_options
@pass_session
def list_(session: Session, environment: str | None, site: str) -> None:
    """List the services that a site has, or may have."""
    from datacats.cli.documents import Services  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.service import services  # noqa: PLC0415

    found = services(environment, session.workspace, site=site)
    rows = [(each.name, each.state or ("not there" if each.on else "off"), each.what) for each in found]
    session.result(Services(found), columns(rows, width()), [each.name for each in found if each.on])


@command.command("add", epilog="Example:  datacats service add worker")
@click.argument("service", shell_complete=values.switches)
@environment_option
@site_option
@dry_run_option
@output_options
@pass_session
def add(session: Session, service: str, environment: str | None, site: str, dry_run: bool) -> None:
    """Switch SERVICE on in datacats.toml, and start it where the site runs."""
    _switch(session, service, (environment, site), on=True, dry_run=dry_run)


@command.command("remove", epilog="Example:  datacats service remove worker")
@click.argument("service", shell_complete=values.switches)
@environment_option
@site_option
@dry_run_option
@output_options
@pass_session
def remove(session: Session, service: str, environment: str | None, site: str, dry_run: bool) -> None:
    """Switch SERVICE off in datacats.toml, and remove its container."""
    _switch(session, service, (environment, site), on=False, dry_run=dry_run)


def _switch(session: Session, service: str, where: tuple[str | None, str], *, on: bool, dry_run: bool) -> None:
    from datacats.workflows.service import Switching, plan_switch, switch  # noqa: PLC0415 - help must not pay for it

    wanted = Switching(service, on, *where)
    if dry_run:
        session.foreseen(plan_switch(wanted, session.workspace))
        return
    switched = switch(wanted, session.workspace, session.events())
    word = "on" if on else "off"
    line = f"{service} is {word} in {switched.name}" if switched.changed else f"{service} was {word} already"
    session.result(switched, [line])
