"""Errors as people and programs are told of them."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from datacats.cli import render
from datacats.cli.session import Session
from datacats.errors import DatacatsError, DiskError


def tell(session: Session, error: DatacatsError) -> None:
    """Tell an error: in words on standard error, or in one document on standard output. Raises OSError."""
    log = _kept(session, error)
    if session.debug:
        traceback.print_exception(error)
    if session.for_programs:
        record = render.error_record(error, log)
        render.document(session.command, "error", record, compact=session.stream)
    else:
        look = session.look_of_errors()
        limit = shutil.get_terminal_size().columns if look.live else None
        lines = render.error_lines(error, colour=look.colour, log=log, limit=limit)
        sys.stderr.write("".join(f"{line}\n" for line in lines))


def forget_output() -> None:
    """Let what standard output did not take go nowhere."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _kept(session: Session, error: DatacatsError) -> str:
    """Keep all that a failed program printed where the error shows only its end; return where."""
    if session.opened is None or len(error.output.splitlines()) <= len(error.detail.splitlines()):
        return ""
    try:
        return str(session.opened.keep_output(session.command, error.output))
    except DiskError:  # the error itself says more than that there is no room for its log
        return ""
