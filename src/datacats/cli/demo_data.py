"""``datacats demo-data``."""

from __future__ import annotations

from collections.abc import Mapping

import click

from datacats.cli.measure import count
from datacats.cli.options import dry_run_option, environment_argument, output_options, pass_session, site_option
from datacats.cli.session import Session


@click.command("demo-data", epilog="Example:  datacats demo-data catstown")
@environment_argument
@site_option
@dry_run_option
@output_options
@pass_session
def command(session: Session, environment: str | None, site: str, dry_run: bool) -> None:
    """Load a made-up catalogue into a site.

    8 organizations, 6 groups, 8 users with roles, 200 datasets with tables: always the same. What is there already is
    left alone. Nobody knows the users' passwords: give one its own with datacats ckan user setpass.
    """
    from datacats.workflows.demo.load import load, plan_load  # noqa: PLC0415 - help must not pay for it

    if dry_run:
        session.foreseen(plan_load(environment, session.workspace, site=site))
        return
    loaded = load(environment, session.workspace, session.events(), site=site)
    words, there = _counted(loaded.made), _counted(loaded.there)
    beside = f" (there already: {there})" if there else ""
    what = f"Loaded {words}{beside}" if words else "All of it was there already"
    session.result(loaded, [f"{what}: {loaded.url}dataset"])


def _counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(count(number, kind) for kind, number in numbers.items() if number)
