"""``datacats link``."""

from __future__ import annotations

import click

from datacats.cli import values
from datacats.cli.options import dry_run_option, environment_option, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.model.names import called


@click.command("link", epilog="Example:  datacats link catstown -e harvester")
@click.argument("other", metavar="OTHER_SITE", shell_complete=values.other_sites)
@environment_option
@site_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, other: str, environment: str | None, site: str, dry_run: bool) -> None:
    """Let a site and OTHER_SITE reach each other's web, to harvest for example.

    OTHER_SITE is the name of its environment; for a further site SITE.ENVIRONMENT, or ENVIRONMENT/SITE as list shows
    it. Containers of one site then reach the other's web by the name ENVIRONMENT or SITE.ENVIRONMENT. It lasts until
    it is undone by unlink.
    """
    change(session, (other, environment, site), linked=True, dry_run=dry_run)


def change(session: Session, which: tuple[str, str | None, str], *, linked: bool, dry_run: bool) -> None:
    """Link or unlink, and show the result, or show the plan. ``which`` are the other site, environment and site."""
    from datacats.workflows import link as workflow  # noqa: PLC0415 - help must not pay for it

    wanted = workflow.Linking(*which)
    if dry_run:
        session.foreseen(workflow.plan_link(wanted, session.workspace, linked=linked))
        return
    carry_out = workflow.link if linked else workflow.unlink
    done = carry_out(wanted, session.workspace, session.events())
    who = called(done.name, done.site)
    if linked:
        lines = [
            f"Containers of {who} reach {done.to} at {done.url}",
            f"those of {done.to} reach {who} at {done.own_url}",
        ]
    else:
        lines = [f"{who} {'is no longer' if done.was_linked else 'was not'} linked with {done.to}"]
    session.result(done, lines, [done.url] if linked else [])
