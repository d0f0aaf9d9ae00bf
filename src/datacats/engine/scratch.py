"""Scratch names: what is being written has one until it is whole, so that a cut leaves nothing half under a real name.

A scratch file or directory is held by a kernel lock while it is written. One that nobody holds was left by a
process that ended in the middle; the next write of the same name removes it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from datacats.engine.remove import remove_tree
from datacats.errors import DiskError

_END = ".datacats-part"
_KEPT = 50
"""Characters of the real name that a scratch name keeps: at most 200 bytes, so that it never gets too long."""


def is_scratch(name: str) -> bool:
    """Whether a name in a directory is one of ours, to be passed over."""
    return name.startswith(".") and name.endswith(_END)


@contextmanager
def scratch(target: Path, *, directory: bool = False) -> Iterator[tuple[Path, int]]:
    """Give a new file (open for writing) or directory beside ``target``, private to its owner.

    Rename it to ``target`` when it is whole; otherwise it is removed at the end.
    """
    _sweep(target)
    path, descriptor = _make(target, directory=directory)
    try:
        yield path, descriptor
    finally:
        with suppress(DiskError):
            remove_tree(path)
        os.close(descriptor)


def _make(target: Path, *, directory: bool) -> tuple[Path, int]:
    make = _new_directory if directory else _new_file
    while True:
        path = target.parent / f"{_beginning(target)}{secrets.token_hex(4)}{_END}"
        descriptor = make(path)
        if descriptor is None:
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.path.lexists(path):
            return path, descriptor
        os.close(descriptor)  # swept by another process between making and holding


def _new_file(path: Path) -> int | None:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _new_directory(path: Path) -> int | None:
    path.mkdir(0o700)
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:  # swept by another process between making and opening
        return None


def _beginning(target: Path) -> str:
    return f".{target.name[:_KEPT]}."


def _sweep(target: Path) -> None:
    beginning = _beginning(target)
    for path in target.parent.iterdir():
        if path.name.startswith(beginning) and is_scratch(path.name):
            _remove_unheld(path)


def _remove_unheld(path: Path) -> None:
    with suppress(OSError, DiskError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_tree(path)
        finally:
            os.close(descriptor)
