"""Show how far the bytes of a database or of files have come that go in or out."""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from datacats.apply import Meter
from datacats.errors import DatacatsError
from datacats.model.event import Events, Finished, Started, Transfer

_ASKED = "asked for"


@contextmanager
def carried(
    what: str, events: Events, source: BinaryIO | None = None, *, records: int = 0
) -> Iterator[Callable[[int], None]]:
    """Tell of one transfer as of an operation; what is given takes the number of bytes of each piece.

    Of a ``source`` that is a file its size is known. With ``records``, as many of those are counted in place of bytes.
    An error is told to have happened during the transfer.
    """
    operation = Transfer(what, cause=_ASKED)
    events(Started(operation, 1, 1))
    began = time.monotonic()
    try:
        yield Meter(operation, events, "", "records" if records else "bytes", records or _left(source)).more
    except DatacatsError as error:
        error.during = error.during or what
        raise
    events(Finished(operation, time.monotonic() - began))


def _left(source: BinaryIO | None) -> int:
    """Return how many bytes a file still has to give, 0 for a pipe."""
    try:
        found = os.fstat(source.fileno()) if source else None
    except io.UnsupportedOperation:  # it lies in memory
        return 0
    return max(0, found.st_size - source.tell()) if source and found and stat.S_ISREG(found.st_mode) else 0
