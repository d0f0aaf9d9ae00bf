"""``datacats upgrade``."""

from __future__ import annotations

import click

from datacats.cli.options import (
    dry_run_option,
    environment_argument,
    output_options,
    pass_session,
    port_argument,
    site_option,
)
from datacats.cli.session import Session
from datacats.model.names import typed


@click.command("upgrade", epilog="Example:  datacats upgrade catstown")
@environment_argument
@port_argument
@click.option("--rollback", is_flag=True, help="Go back to the images that ran before.")
@site_option
@dry_run_option
@output_options
@pass_session
def command(
    session: Session, environment: str | None, port: int | None, rollback: bool, site: str, dry_run: bool
) -> None:
    """Bring a site to the newest images of its CKAN line."""
    from datacats.cli.documents import ImageChange, UpgradedSite  # noqa: PLC0415 - help must not pay for it
    from datacats.model.image import ROLES  # noqa: PLC0415
    from datacats.workflows.upgrade import plan_upgrade, upgrade  # noqa: PLC0415

    if dry_run:
        found = plan_upgrade(environment, session.workspace, site=site, rollback=rollback, port=port)
        session.foreseen(found.plan, found.later)
        return
    done = upgrade(environment, session.workspace, session.events(), site=site, rollback=rollback, port=port)
    images = {str(role): ImageChange(str(done.before[role]), str(done.now[role])) for role in ROLES}
    back = f"To go back: {typed('upgrade --rollback', done.name, done.site)}" if done.before != done.now else ""
    unchanged = [] if done.before != done.now else ["There is nothing newer."]
    lines = unchanged or [f"{role}: {each.now}" for role, each in images.items()]
    session.result(UpgradedSite(done.name, done.site, done.url, images), [*lines, f"Running at {done.url}"], then=back)
