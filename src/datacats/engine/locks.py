"""Exclusive locks between processes: the kernel frees them when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from datacats.errors import Busy

_PAUSE = 0.05
_WORDS = 2
_HOLDER_LIMIT = 4096


def take(path: Path, what: str, wait: float) -> int:
    """Lock the file at ``path`` and return its descriptor.

    Raises Busy when another still holds it after ``wait`` seconds, OSError when the file cannot be used.
    """
    deadline = time.monotonic() + wait
    while True:
        descriptor = _open(path)
        try:
            _wait(descriptor, what, deadline)
            if _is_at(path, descriptor):
                _write_holder(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # removed while we waited: the file of that name is another one, or none


def release(descriptor: int) -> None:
    """Give a lock back. Its file stays: removing it would let two processes lock two files of one name."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)


def _open(path: Path) -> int:
    """Open or make the file. One made by root belongs to whom its directory does, who must be able to use it too."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _wait(descriptor: int, what: str, deadline: float) -> None:
    """Ask again and again: flock itself knows no deadline, and a timer signal would reach into the caller's program."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            left = deadline - time.monotonic()
            if left <= 0:
                raise _busy(descriptor, what) from None
            time.sleep(min(_PAUSE, left))
        else:
            return


def _is_at(path: Path, descriptor: int) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    return False


def _write_holder(descriptor: int) -> None:
    holder = {
        "pid": os.getpid(),
        "command": _command(),
        "started": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    with suppress(OSError):  # a full disk must not keep anyone from a lock: purge needs one to make room
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _command() -> str:
    """The program and its first words: enough to recognise it, and no password that came as a later one."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    return " ".join(words[: 1 + _WORDS])


def _busy(descriptor: int, what: str) -> Busy:
    try:
        holder = json.loads(os.pread(descriptor, _HOLDER_LIMIT, 0))
        who = f"{holder['command']} (pid {holder['pid']}, since {holder['started']})"
    except (ValueError, KeyError, TypeError):
        who = "another command"  # it has taken the lock this moment
    return Busy(f"{what[:1].upper()}{what[1:]} is in use by {who}.", "Try again when that has ended.")
