"""``datacats tweak``."""

from __future__ import annotations

import click

from datacats.cli.new_site import read_password
from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.errors import UsageError


@click.command("tweak", epilog="Example:  datacats tweak --admin-password catstown")
@environment_argument
@click.option("-p", "--admin-password", is_flag=True, help="Ask for a new password of the administrator.")
@click.option("--admin-password-stdin", is_flag=True, help="Read the administrator's password from standard input.")
@click.option("--new-secrets", is_flag=True, help="Make new keys and passwords of services; logins and tokens end.")
@site_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session,
    environment: str | None,
    admin_password: bool,
    admin_password_stdin: bool,
    new_secrets: bool,
    site: str,
    dry_run: bool,
) -> None:
    """Change one thing of a site."""
    if (admin_password or admin_password_stdin) == new_secrets:
        raise UsageError("Say one thing to change.", "For example: datacats tweak --admin-password")
    if new_secrets:
        _renew_secrets(session, environment, site, dry_run=dry_run)
    else:
        _set_password(session, environment, site, from_stdin=admin_password_stdin, dry_run=dry_run)


def _renew_secrets(session: Session, environment: str | None, site: str, *, dry_run: bool) -> None:
    from datacats.cli.documents import Tweaked  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.tweak import plan_secrets, renew_secrets  # noqa: PLC0415

    if dry_run:
        found = plan_secrets(environment, session.workspace, site=site)
        session.foreseen(found.plan, found.later)
        return
    url = renew_secrets(environment, session.workspace, session.events(), site=site)
    session.result(
        Tweaked(url=url), ["Keys and passwords of services are new; everybody signs in again.", f"Running at {url}"]
    )


def _set_password(session: Session, environment: str | None, site: str, *, from_stdin: bool, dry_run: bool) -> None:
    from datacats.cli.documents import Tweaked  # noqa: PLC0415 - help must not pay for it
    from datacats.model.secrets import random_text  # noqa: PLC0415
    from datacats.workflows.tweak import plan_admin_password, set_admin_password  # noqa: PLC0415

    if dry_run:
        session.foreseen(plan_admin_password(environment, session.workspace, site=site))
        return
    chosen = read_password(from_stdin=from_stdin)
    password = chosen or random_text(16)
    set_admin_password(environment, password, session.workspace, session.events(), site=site)
    line = "The password of admin is changed." if chosen else f"The password of admin is now {password}"
    session.quiet = session.quiet and chosen is not None
    session.result(Tweaked("admin", None if chosen else password), [line])
