"""``datacats create``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from datacats.cli.options import output_options, pass_session, site_option
from datacats.cli.session import Session

if TYPE_CHECKING:
    from datacats.workflows.new_site import Created


@click.command("create", epilog="Example:  datacats create catstown")
@click.argument("target", metavar="NAME_OR_DIR")
@click.argument("port", required=False, type=int)
@click.option("--ckan", default="2.12", show_default=True, metavar="VERSION", help="CKAN's version, or line.")
@click.option("--site-url", metavar="URL", help="The address people use, where it is not ADDRESS:PORT.")
@click.option("--address", metavar="IP", help="The host address to publish the port on.  [default: 127.0.0.1]")
@click.option("--image-only", is_flag=True, help="Make images and data, start nothing.")
@click.option("--no-sysadmin", is_flag=True, help="Make no administrator.")
@click.option("--no-datastore", is_flag=True, help="Leave the DataStore out.")
@click.option("--low-memory", is_flag=True, help="Smaller heaps, no reloader.")
@click.option("--admin-password-stdin", is_flag=True, help="Read the administrator's password from standard input.")
@site_option
@output_options
@pass_session
def command(
    session: Session,
    target: str,
    port: int | None,
    ckan: str,
    site_url: str | None,
    address: str | None,
    image_only: bool,
    no_sysadmin: bool,
    no_datastore: bool,
    low_memory: bool,
    admin_password_stdin: bool,
    site: str,
) -> None:
    """Make an environment and bring its site up."""
    from datacats.workflows.claim import SiteOptions  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.create import NewEnvironment, create  # noqa: PLC0415
    from datacats.workflows.new_site import NewSite  # noqa: PLC0415

    options = SiteOptions(port, address, site_url, datastore=not no_datastore, low_memory=low_memory)
    password = sys.stdin.readline().rstrip("\n") if admin_password_stdin else None
    new = NewSite(site, options, password, sysadmin=not no_sysadmin, image_only=image_only)
    create(NewEnvironment(target, ckan, new), session.workspace, session.events(), lambda made: _show(session, made))


def _show(session: Session, created: Created) -> None:
    """Show the result, whatever ``--quiet`` says when it holds a password that is kept nowhere."""
    record = {**asdict(created), "password": created.password}
    lines = [f"Environment {created.name} is ready: {created.url}" if created.running else f"{created.name} is made."]
    if created.administrator:
        secret = f"password {created.password}" if created.password else "the password you chose"
        lines.append(f"Sign in as {created.administrator}, {secret}")
    if created.password:
        session.quiet = False
    session.result(record, lines)
