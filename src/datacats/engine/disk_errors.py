"""What the system says when a file cannot be used, in words that help."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datacats.errors import DiskError, DiskFull

_CAUSES = {
    errno.EACCES: ("permission denied", "See who may use it: ls -ld {path}"),
    errno.EPERM: ("the system does not permit it", "See who may use it: ls -ld {path}"),
    errno.ENOENT: ("no such file or directory", "See what is missing: namei -l {path}"),
    errno.ENOSPC: ("no space is left on its file system", "Free some space; see how much is left: df -h {parent}"),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, or ask for a larger quota."),
    errno.EROFS: ("its file system is read-only", "See how it is mounted: findmnt --target {parent}"),
    errno.EISDIR: ("a directory lies there", "Move that directory away, or choose another path."),
    errno.ENOTDIR: ("something that is not a directory lies on the way", "See what is there: namei -l {path}"),
    errno.EEXIST: ("something lies there already", "Move it away, or choose another path."),
    errno.ENOTEMPTY: ("a directory that is not empty lies there", "Move it away, or choose another path."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
    errno.ELOOP: ("a symbolic link lies there or leads in a circle", "See where it leads: namei -l {path}"),
    errno.EINVAL: ("one of the two lies inside the other", "Choose another path."),
    errno.EXDEV: ("that is another file system", "Copy it instead, or choose a path on the same file system."),
    errno.EBUSY: ("it is in use", "See what uses it: findmnt {path}; fuser -v {path}"),
    errno.EMFILE: ("too many files are open", "Raise the limit: ulimit -n 4096"),
    errno.ESPIPE: ("a pipe lies there, which is no file", "Move it away, or choose another path."),
    errno.EIO: ("the disk reports a fault", "See what the system says: dmesg"),
}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def explained(path: Path, done: str) -> Iterator[None]:
    """Turn a system error into a DiskError: ``path`` cannot be ``done`` (read, written), why, and what to do."""
    try:
        yield
    except OSError as error:
        raise disk_error(path, done, error) from error


def disk_error(path: Path, done: str, error: OSError) -> DiskError:
    """Return the DiskError for a system error: ``path`` cannot be ``done``, why, and what to do."""
    words, hint = _CAUSES.get(error.errno or 0, ((error.strerror or str(error)).lower(), ""))
    kind = DiskFull if error.errno in _FULL else DiskError
    return kind(f"{path} cannot be {done}: {words}.", hint.format(path=path, parent=path.parent))


def system_error(code: int) -> OSError:
    """Return the error that the system gives for a code of the module ``errno``."""
    return OSError(code, os.strerror(code))


def not_a_directory(path: Path, *, is_link: bool) -> DiskError:
    """Return the error for a directory that cannot be made because something else lies there."""
    what = "a symbolic link that leads to no directory" if is_link else "a file"
    return DiskError(f"{path} cannot be made: {what} lies there.", "Move it away, or choose another path.")


def no_program(name: str, error: OSError) -> DiskError:
    """Return the error for a program that cannot be started."""
    if isinstance(error, FileNotFoundError) or not ("/" in name or _is_on_path(name)):
        return DiskError(f"The program {name} is not on this host.", f"Install {name}, then try again.")
    return DiskError(f"The program {name} cannot be run: {(error.strerror or str(error)).lower()}.")


def _is_on_path(name: str) -> bool:
    """The system says "permission denied" for a missing program when one directory of PATH is closed to the user."""
    return any(os.access(Path(directory, name), os.X_OK) for directory in os.get_exec_path())
