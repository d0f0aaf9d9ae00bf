"""``datacats list``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from datacats.cli.options import output_options, pass_session
from datacats.cli.session import Session

if TYPE_CHECKING:
    from datacats.workflows.info import EnvironmentInfo, SiteInfo


@click.command("list", epilog="Example:  datacats list")
@output_options
@pass_session
def command(session: Session) -> None:
    """List the environments, their sites, and where they answer."""
    from datacats.workflows.info import every  # noqa: PLC0415 - help must not pay for it

    found = every(session.workspace)
    rows = [_row(each, site) for each in found for site in each.sites]
    width = max((len(name) for name, _ in rows), default=0)
    lines = [f"{name:<{width}}  {rest}" for name, rest in rows] or ["No environments. Make one: datacats create NAME"]
    session.result({"environments": [asdict(each) for each in found]}, lines)


def _row(environment: EnvironmentInfo, site: SiteInfo) -> tuple[str, str]:
    name = environment.name if site == environment.sites[0] else f"{environment.name}/{site.name}"
    return name, f"{_state(site):<8} {site.url}"


def _state(site: SiteInfo) -> str:
    running = [state == "running" for state in site.containers.values()]
    if not any(running):
        return "stopped"
    return "running" if all(running) else "partly"
