"""Exclusive locks between processes: the kernel frees them when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from datacats.errors import Busy

_PAUSE = 0.05
SILENT = 1.0
"""Seconds that a wait may last before it is told."""

_WORDS = 2
_HOLDER_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock. ``started`` is when it took it, as ISO 8601 with an offset."""

    pid: int
    command: str
    started: str

    @classmethod
    def this(cls) -> Holder:
        """This process, now. Only the first words of its command are told: a later one may be a password."""
        program = Path(sys.argv[0])
        name = program.parent.name if program.name == "__main__.py" else program.name
        command = " ".join([name, *sys.argv[1:]][: 1 + _WORDS])
        return cls(os.getpid(), command, datetime.now().astimezone().isoformat(timespec="seconds"))


def busy(what: str, holder: Holder | None) -> Busy:
    """Return the error that says who is in the way; ``what`` names what is locked, ``the site x``."""
    return Busy(f"{what[:1].upper()}{what[1:]} is in use by {told(holder)}.", "Try again when that has ended.")


def told(holder: Holder | None) -> str:
    """Return who that is, as people are told."""
    return f"{holder.command} (pid {holder.pid}, since {holder.started})" if holder else "another command"


def waiting(what: str, holder: Holder | None) -> str:
    """Return what is said to who waits; ``what`` as for ``busy``."""
    who = f"pid {holder.pid}: {holder.command}" if holder else "another command"
    return f"Waiting for {what} ({who}) ..."


class Patience:
    """How long to wait for ``what``, and whom to tell, once, that there is a wait."""

    def __init__(self, what: str, wait: float, tell: Callable[[str], None] | None = None) -> None:
        self._what = what
        self._began = time.monotonic()
        self._wait = wait
        self._tell = tell

    def pause(self, descriptor: int) -> None:
        """Let a moment pass between two attempts. Raises Busy when there have been enough of them."""
        passed = time.monotonic() - self._began
        left = self._wait - passed
        if left <= 0:
            raise busy(self._what, _read_holder(descriptor))
        if self._tell is not None and passed >= SILENT:
            self._tell(waiting(self._what, _read_holder(descriptor)))
            self._tell = None
        time.sleep(min(_PAUSE, left))


def take(path: Path, patience: Patience) -> int:
    """Lock the file at ``path`` and return its descriptor.

    Raises Busy when another holds it longer than there is patience, OSError when the file cannot be used.
    """
    while True:
        descriptor = _open(path)
        try:
            _wait(descriptor, patience)
            if _is_at(path, descriptor):
                _write_holder(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # removed while we waited: the file of that name is another one, or none


def look(path: Path) -> str | None:
    """Return who holds the lock on the file at ``path``, as people are told; None when nobody does. Takes nothing.

    Raises OSError when the file cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look are in nobody's way
    except BlockingIOError:
        return told(_read_holder(descriptor))
    finally:
        os.close(descriptor)
    return None


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


def _wait(descriptor: int, patience: Patience) -> None:
    """Ask again and again: flock itself knows no deadline, and a timer signal would reach into the caller's program."""
    while not _is_had(descriptor):
        patience.pause(descriptor)


def _is_had(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(path: Path, descriptor: int) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.lstat(path), os.fstat(descriptor))
    return False


def _write_holder(descriptor: int) -> None:
    with suppress(OSError):  # a full disk must not keep anyone from a lock: purge needs one to make room
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Holder.this())).encode(), 0)


def _read_holder(descriptor: int) -> Holder | None:
    with suppress(ValueError, TypeError):  # one that has taken the lock this moment has not yet written
        return Holder(**json.loads(os.pread(descriptor, _HOLDER_LIMIT, 0)))
    return None
