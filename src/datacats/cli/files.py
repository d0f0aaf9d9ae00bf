"""``datacats files export`` and ``datacats files import``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from datacats.cli.groups import Group
from datacats.cli.options import environment_option, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.errors import DiskError


@click.group("files", cls=Group)
def command() -> None:
    """Save a site's uploaded files to an archive, or bring some in."""


@command.command("export", epilog="Example:  datacats files export uploads.tar")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@environment_option
@site_option
@output_options
@pass_session
def export(session: Session, file: Path, environment: str | None, site: str) -> None:
    """Write a tar archive of the uploaded files to FILE (- for standard output)."""
    from datacats.workflows import storage  # noqa: PLC0415 - help must not pay for it

    with writing(file) as target:
        storage.export(environment, target, sys.stderr.buffer, session.workspace, site=site)
    if str(file) != "-":
        session.result({"file": str(file)}, [f"Wrote {file}"])


@command.command("import", epilog="Example:  datacats files import uploads.tar")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@environment_option
@site_option
@output_options
@pass_session
def import_(session: Session, file: Path, environment: str | None, site: str) -> None:
    """Add the files of the tar archive FILE (- for standard input) to the site's."""
    from datacats.workflows import storage  # noqa: PLC0415 - help must not pay for it

    with reading(file) as source:
        storage.import_(environment, source, sys.stderr.buffer, session.workspace, site=site)
    session.result({"file": str(file)}, [f"Imported {file}"])


@contextmanager
def writing(file: Path) -> Iterator[BinaryIO]:
    """Give a file to write to; it has its name only once all is written. ``-`` is standard output."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as target:
            yield target
        part.replace(file)
    except OSError as error:
        raise DiskError(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def reading(file: Path) -> Iterator[BinaryIO]:
    """Give a file to read from; ``-`` is standard input."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as source:
            yield source
    except OSError as error:
        raise DiskError(f"{file} cannot be read: {error.strerror}.", "Check its name and permissions.") from error
