"""``datacats files export`` and ``datacats files import``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from datacats.cli.groups import Group
from datacats.cli.options import dry_run_option
from datacats.cli.session import Session
from datacats.cli.transfer import force_option, of_a_site, reading, source_argument, target_argument, writing, wrote


@click.group("files", cls=Group, epilog="More on one of them:  datacats help files COMMAND")
def command() -> None:
    """Save a site's uploaded files to an archive, or bring some in."""


@command.command("export", epilog="Example:  datacats files export uploads.tar")
@target_argument
@force_option
@of_a_site
def export(session: Session, file: Path, force: bool, environment: str | None, site: str) -> None:
    """Write a tar archive of the uploaded files to FILE (- for standard output)."""
    from datacats.cli.documents import File  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import storage  # noqa: PLC0415

    with writing(session, file, force=force) as target:
        storage.export(environment, target, sys.stderr.buffer, session.workspace, session.events(), site=site)
    wrote(
        session,
        File(file),
        then=f"To bring them into another site: datacats files import {shlex.quote(str(file))} -e NAME",
    )


@command.command("import", epilog="Example:  datacats files import uploads.tar")
@source_argument
@dry_run_option
@of_a_site
def import_(session: Session, file: Path, environment: str | None, site: str, dry_run: bool) -> None:
    """Add the files of the tar archive FILE (- for standard input) to the site's."""
    from datacats.cli.documents import File  # noqa: PLC0415 - help must not pay for it
    from datacats.workflows import storage  # noqa: PLC0415

    if dry_run:
        session.foreseen(storage.plan_import(environment, session.workspace, site=site))
        return
    with reading(file) as source:
        storage.import_(environment, source, sys.stderr.buffer, session.workspace, session.events(), site=site)
    session.result(File(file), [f"Imported {file}"])
