"""``datacats info``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from datacats.cli import values
from datacats.cli.options import environment_argument, output_options, pass_session
from datacats.cli.session import Session
from datacats.model.names import PRIMARY

if TYPE_CHECKING:
    from datacats.workflows.info import EnvironmentInfo, SiteInfo

_WORDS = {
    "stopped": "stopped; start it",
    "partly": "not all of it runs; bring it up",
}
"""What a site is told to be that is not wholly running."""


@click.command("info", epilog="Example:  datacats info catstown")
@environment_argument
@click.option(
    "-s", "--site", shell_complete=values.sites, metavar="SITE", help="The one site to show.  [default: all of them]"
)
@output_options
@pass_session
def command(session: Session, environment: str | None, site: str | None) -> None:
    """Show what an environment is and where it answers."""
    from datacats.workflows.info import info  # noqa: PLC0415 - help must not pay for it

    found = info(environment, session.workspace, site=site)
    running = [f"{each.name}: {each.url}" for each in found.sites if each.containers.get("web") == "running"]
    further = site not in {None, PRIMARY}
    lines = _site(found, found.sites[0]) if further else _lines(found)
    session.result(found, list(lines), running)


def _lines(found: EnvironmentInfo) -> Iterator[str]:
    """The labels and their order are a contract."""
    yield f"Environment name: {found.name}"
    first = found.sites[:1]
    for site in first:
        yield f"Default port: {site.port}"
    yield f"Environment dir: {found.source}"
    yield f"Data dir: {found.data}{''.join(_in_volumes(site) for site in first)}"
    for site in first:
        yield from _where(site)
    for site in found.sites[1:]:
        yield ""
        yield from _site(found, site)


def _site(found: EnvironmentInfo, site: SiteInfo) -> Iterator[str]:
    """The block of a further site."""
    yield f"Site: {site.name}"
    yield f"Default port: {site.port}"
    if site.volumes:
        yield f"Data dir: {found.data / 'sites' / site.name}{_in_volumes(site)}"
    yield from _where(site)


def _in_volumes(site: SiteInfo) -> str:
    """What follows the data directory where the data is not in it."""
    return f" (data in the volumes {' '.join(site.volumes.values())})" if site.volumes else ""


def _where(site: SiteInfo) -> Iterator[str]:
    words = [name if state == "running" else f"{name} ({state})" for name, state in site.containers.items()]
    yield f"Containers: {' '.join(words) or 'none'}"
    yield f"Available at: {site.url}{_unless(site)}"
    for name, url in site.links.items():
        yield f"Linked with: {name} ({url or 'which is gone'})"


def _unless(site: SiteInfo) -> str:
    """What an address that does not answer, or not wholly, is followed by."""
    words = f"without its {', '.join(site.lost)}; next" if site.lost else _words(site.state)
    return f" ({words}: {site.next})" if site.next else ""


def _words(state: str) -> str | None:
    return f"{state}; carry on" if state.startswith("half ") else _WORDS.get(state)
