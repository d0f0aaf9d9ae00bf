"""``datacats extensions``."""

from __future__ import annotations

from dataclasses import asdict

import click

from datacats.cli.options import environment_argument, output_options, pass_session
from datacats.cli.session import Session


@click.command("extensions", epilog="Example:  datacats extensions catstown")
@environment_argument
@output_options
@pass_session
def command(session: Session, environment: str | None) -> None:
    """List the extensions of an environment, and which of their plugins are enabled."""
    from datacats.workflows.installed import extensions_of  # noqa: PLC0415 - help must not pay for it

    found = extensions_of(environment, session.workspace)
    lines = []
    for each in found.extensions:
        marked = [plugin if plugin in each.enabled else f"({plugin})" for plugin in each.plugins]
        lines.append(f"{each.name} {each.version}  {each.origin}  {' '.join(marked) or 'no plugin'}")
    if found.missing:
        lines.append(f"Enabled in ckan.ini but not installed: {' '.join(found.missing)}")
    session.result(
        asdict(found), lines or [f"Nothing is installed. Install one: datacats install -e {found.name} NAME"]
    )
