"""``datacats profile``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from datacats.cli.session import Session
from datacats.cli.transfer import force_option, of_a_site, writing, wrote
from datacats.errors import UsageError

if TYPE_CHECKING:
    from datacats.workflows.profile import Page

_COSTLY = 15
_NONE = "No page was measured yet. Measure those to come: datacats start --profile"


@click.command("profile", epilog="Example:  datacats start --profile && datacats profile show 1")
@click.argument("action", type=click.Choice(["list", "show", "save"]), default="list")
@click.argument("number", type=int, required=False)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path), required=False)
@force_option
@of_a_site
def command(
    session: Session,
    action: str,
    number: int | None,
    file: Path | None,
    force: bool,
    environment: str | None,
    site: str,
) -> None:
    """List what pages of a development site cost, or show one.

    They are measured after datacats start --profile, until --no-profile. The times include what measuring costs.
    "save NUMBER FILE" writes what Python's profiler found, for pstats, snakeviz and others.
    """
    from datacats.cli.documents import File, Pages  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import profile  # noqa: PLC0415

    if action == "list":
        found = profile.pages(environment, session.workspace, site=site)
        rows = [_row(each) for each in found]
        session.result(Pages(found), rows or [_NONE], rows)
    elif number is None or (action == "save" and file is None):
        raise UsageError("Say which page, and for save the file.", "For example: datacats profile save 1 home.prof")
    elif file is not None and action == "save":
        content = profile.profile_file(number, environment, session.workspace, site=site)
        with writing(session, file, force=force) as target:
            target.write(content)
        wrote(session, File(file))
    else:
        page = profile.show(number, environment, session.workspace, site=site)
        lines = [_row(page), *_details(page)]
        session.result(page, lines, lines)


def _row(page: Page) -> str:
    sql = f"{page.count:>4} SQL in {page.sql_seconds:.3f} s"
    return f"{page.number:>4}  {page.time}  {page.seconds:7.3f} s  {sql}  {page.status} {page.method} {page.path}"


def _details(page: Page) -> Iterator[str]:
    yield ""
    for statement in page.statements[:_COSTLY]:
        yield f"{statement.seconds:8.4f} s {statement.count:>5} x {' '.join(statement.sql.split())}"
    if len(page.statements) > _COSTLY:
        yield f"... and {len(page.statements) - _COSTLY} more; all of them: --json"
    yield ""
    yield "   alone  with called   calls"
    for each in page.functions:
        yield f"{each.own:8.4f} s {each.with_called:8.4f} s {each.calls:>7} {each.where}"
