"""``datacats extensions``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datacats.cli.options import environment_argument, output_options, pass_session
from datacats.cli.session import Session

if TYPE_CHECKING:
    from datacats.workflows.installed import InstalledExtension


@click.command("extensions", epilog="Example:  datacats extensions catstown")
@environment_argument
@click.option("--outdated", is_flag=True, help="Ask the index for newer releases, and tell what keeps them out.")
@output_options
@pass_session
def command(session: Session, environment: str | None, outdated: bool) -> None:
    """List the extensions of an environment, and which of their plugins are enabled.

    A plugin in brackets is not enabled in ckan.ini. All of an extension are, when it is installed by its name or by its
    directory: datacats install ./ckanext-cats
    """
    from datacats.workflows.installed import extensions_of, with_newer  # noqa: PLC0415 - help must not pay for it

    found = extensions_of(environment, session.workspace)
    if outdated and found.extensions:
        found = with_newer(found, session.workspace, session.events())
    lines = []
    for each in found.extensions:
        marked = [plugin if plugin in each.enabled else f"({plugin})" for plugin in each.plugins]
        lines.append(f"{each.name} {each.version}  {each.origin}  {' '.join(marked) or 'no plugin'}{_newer(each)}")
        if each.gone:
            lines.append(f"Warning: {each.origin} is gone. Install what is there: datacats install -e {found.name}")
    if found.missing:
        lines.append(f"Enabled in ckan.ini but not installed: {' '.join(found.missing)}")
    lines += [f"Warning: {each}" for each in found.lifted]
    session.result(found, lines or [f"Nothing is installed. Install one: datacats install -e {found.name} NAME"])


def _newer(each: InstalledExtension) -> str:
    """Tell of a newer release: one that can be had, and one that cannot."""
    words = []
    if each.fits and each.fits != each.version:
        words.append(f"outdated: {each.fits} (datacats install --upgrade {each.name})")
    if each.newest != each.fits:
        pins = f" by CKAN's {', '.join(each.pins)}" if each.pins else ""
        words.append(f"{each.newest} is kept out{pins}")
    return f"  {'; '.join(words)}" if words else ""
