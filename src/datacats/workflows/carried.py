"""Tell of what takes its time and is no operation of a plan, and how far the bytes that it carries have come."""

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
from datacats.model.event import Activity, Events, Finished, Started

_ASKED = "asked for"


@contextmanager
def carried(
    what: str, events: Events, source: BinaryIO | None = None, *, records: int = 0
) -> Iterator[Callable[[int], None]]:
    """Tell of one transfer as of an operation; what is given takes the number of bytes of each piece.

    Of a ``source`` that is a file its size is known. With ``records``, as many of those are counted in place of bytes.
    An error is told to have happened during the transfer.
    """
    with active(what, events) as activity:
        yield Meter(activity, events, "", "records" if records else "bytes", records or _left(source)).more


@contextmanager
def active(what: str, events: Events, cause: str = _ASKED) -> Iterator[Activity]:
    """Tell of an activity as of an operation. An error is told to have happened during it."""
    activity = Activity(what, cause=cause)
    events(Started(activity, 1, 1))
    began = time.monotonic()
    try:
        yield activity
    except DatacatsError as error:
        error.during = error.during or what
        raise
    events(Finished(activity, time.monotonic() - began))


def _left(source: BinaryIO | None) -> int:
    """Return how many bytes a file still has to give, 0 for a pipe."""
    try:
        found = os.fstat(source.fileno()) if source else None
    except io.UnsupportedOperation:  # it lies in memory
        return 0
    return max(0, found.st_size - source.tell()) if source and found and stat.S_ISREG(found.st_mode) else 0
