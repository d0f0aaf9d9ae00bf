"""``datacats open``."""

from __future__ import annotations

import os
import sys

import click

from datacats.cli.options import environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.errors import NotReady


@click.command("open", epilog="Example:  datacats open catstown")
@environment_argument
@site_option
@output_options
@pass_session
def command(session: Session, environment: str | None, site: str) -> None:
    """Open a site in the browser; where there is none, print its address."""
    import webbrowser  # noqa: PLC0415 - help must not pay for it

    from datacats.cli.documents import Opened  # noqa: PLC0415
    from datacats.workflows.info import one  # noqa: PLC0415

    found = one(environment, session.workspace, site=site)
    if found.containers.get("web") != "running":
        raise NotReady(f"The site {site} does not run.", f"Start it: {found.next}")
    opened = _is_seen(session) and webbrowser.open(found.url)
    session.result(Opened(found.url, opened), [found.url])


def _is_seen(session: Session) -> bool:
    """Whether a browser would be seen: one without a desktop draws on standard output."""
    desktop = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return desktop or (sys.stdout.isatty() and not session.for_programs)
