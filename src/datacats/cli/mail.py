"""``datacats mail``."""

from __future__ import annotations

import click

from datacats.cli.columns import columns, width
from datacats.cli.options import environment_option, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.errors import UsageError


@click.command("mail", epilog="Example:  datacats mail show 1")
@click.argument("action", type=click.Choice(["list", "show"]), default="list")
@click.argument("number", type=int, required=False)
@environment_option
@site_option
@output_options
@pass_session
def command(session: Session, action: str, number: int | None, environment: str | None, site: str) -> None:
    """List the mails that a development site has sent, or show one.

    They are caught: none leaves the machine.
    """
    from datacats.cli.documents import Mails  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import mail  # noqa: PLC0415

    if action == "show":
        if number is None:
            raise UsageError("Say which mail.", "For example: datacats mail show 1")
        found = mail.show(number, environment, session.workspace, site=site)
        heads = [("From", found.sender), ("To", found.recipients), ("Date", found.date), ("Subject", found.subject)]
        heads += [("Attached", name) for name in found.attachments]
        lines = [*(f"{name}: {value}" for name, value in heads), "", *found.text.splitlines()]
        session.result(found, lines, lines)
        return
    caught = mail.mails(environment, session.workspace, site=site)
    rows = columns([(str(each.number), each.date, each.recipients, each.subject) for each in caught], width())
    session.result(Mails(caught), rows or ["No mail was sent."], rows)
