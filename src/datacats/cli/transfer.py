"""What commands that write or read one file share: its argument, and how it gets its name only when it is whole."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from datacats.cli.options import environment_option, is_terminal, output_options, pass_session, site_option
from datacats.cli.session import Session
from datacats.errors import Conflict, DiskError, UsageError

if TYPE_CHECKING:
    from datacats.cli.documents import Archive, File

_CHUNK = 1 << 20

target_argument = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
source_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
force_option = click.option("--force", is_flag=True, help="Overwrite FILE where it is there.")


def of_a_site(function: Callable[..., object]) -> Callable[..., object]:
    """Add which site's data travels, and how the result is shown."""
    return environment_option(site_option(output_options(pass_session(function))))


@contextmanager
def writing(session: Session, file: Path, *, force: bool) -> Iterator[BinaryIO]:
    """Give a file to write to; what had its name stays until all is on the disk. ``-`` is standard output.

    A new one can be read by its owner only: what is saved of a site holds its users. A device or a pipe is written to
    as it is. Raises Conflict for a file that is there, unless ``force``, UsageError where standard output is a
    terminal or has to hold a document, and DiskError.
    """
    if str(file) == "-":
        _refuse_a_mixture(session)
        yield sys.stdout.buffer
        return
    try:
        there = file.exists()
        if there and not file.is_file():
            with file.open("wb") as target:
                yield target
            return
        if there and not force:
            again = shlex.join(["datacats", *session.words, "--force"])
            raise Conflict(f"{file} is there already.", f"Choose another name, or overwrite it: {again}")
        with _whole(file.resolve()) as target:
            yield target
    except OSError as error:
        raise DiskError(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from error


def _refuse_a_mixture(session: Session) -> None:
    words = ["FILE" if word == "-" else word for word in session.words]
    instead = f"Name a file: {shlex.join(['datacats', *words])}"
    if session.for_programs:
        raise UsageError("Standard output holds the data or a document, not both.", instead)
    if is_terminal(sys.stdout):
        raise UsageError("What would be written is no text for a terminal.", instead)


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0o600
    descriptor, part = tempfile.mkstemp(".part", ".datacats-", file.parent)
    try:
        with os.fdopen(descriptor, "wb") as target:
            os.fchmod(descriptor, mode)
            yield target
            target.flush()
            os.fsync(descriptor)
        Path(part).replace(file)
    finally:
        Path(part).unlink(missing_ok=True)


@contextmanager
def reading(file: Path) -> Iterator[BinaryIO]:
    """Give a file to read from; ``-`` is standard input. Raises DiskError."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as source:
            yield source
    except OSError as error:
        raise DiskError(f"{file} cannot be read: {error.strerror}.", "Check its name and permissions.") from error


@contextmanager
def reading_twice(file: Path) -> Iterator[BinaryIO]:
    """Give a file to read from that can be read again; what comes through a pipe is kept in a temporary file."""
    with reading(file) as source:
        if source.seekable():
            yield source
            return
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(source, kept, _CHUNK)
            kept.seek(0)
            yield kept


def wrote(session: Session, written: File | Archive, *, then: str = "") -> None:
    """Say what was written; after a stream on standard output there is nothing to say."""
    if str(written.file) != "-":
        session.result(written, [f"Wrote {written.file}"], then=then)
