"""``datacats list``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from datacats.cli.columns import columns, width
from datacats.cli.options import output_options, pass_session
from datacats.cli.session import Session

if TYPE_CHECKING:
    from datacats.workflows.info import EnvironmentInfo, SiteInfo


@click.command("list", epilog="Example:  datacats list")
@output_options
@pass_session
def command(session: Session) -> None:
    """List the environments, their sites, and where they answer."""
    from datacats.cli.documents import Environments  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows.info import every  # noqa: PLC0415

    found = every(session.workspace)
    lines = columns([row for each in found for row in _rows(each)], width())
    lines = lines or ["No environments. Make one: datacats create NAME"]
    session.result(Environments(found), lines, [each.name for each in found])


def _rows(environment: EnvironmentInfo) -> list[tuple[str, str, str]]:
    if environment.problem:
        return [(environment.name, "broken", environment.problem)]
    if not environment.sites:
        return [(environment.name, "no site", str(environment.data))]
    return [_row(environment, site) for site in environment.sites]


def _row(environment: EnvironmentInfo, site: SiteInfo) -> tuple[str, str, str]:
    name = environment.name if site == environment.sites[0] else f"{environment.name}/{site.name}"
    return name, site.state, site.url
