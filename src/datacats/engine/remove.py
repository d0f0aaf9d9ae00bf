"""Remove a tree, whatever the modes in it, and say whose file stands in the way."""

from __future__ import annotations

import errno
import os
import pwd
import stat
from pathlib import Path

from datacats.engine.disk_errors import disk_error
from datacats.errors import DiskError

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_GONE = (FileNotFoundError, NotADirectoryError)
_ALL = stat.S_IRWXU


def remove_tree(path: Path) -> None:
    """Remove a file, link or tree; gone is no error.

    Raises DiskError at the first file that cannot be removed, naming it and the user it belongs to.
    """
    try:
        parent = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except _GONE:
        return
    except OSError as error:
        raise disk_error(path, "removed", error) from error
    try:
        _remove(path, parent)
    finally:
        os.close(parent)


def _remove(path: Path, parent: int) -> None:
    """Every name is taken relative to an open directory: a link swapped in meanwhile leads nowhere else."""
    try:
        if stat.S_ISDIR(os.lstat(path.name, dir_fd=parent).st_mode):
            _remove_directory(path, parent)
        else:
            os.unlink(path.name, dir_fd=parent)
    except _GONE:
        return
    except OSError as error:
        raise _refused(path, error) from error


def _remove_directory(path: Path, parent: int) -> None:
    try:
        os.rmdir(path.name, dir_fd=parent)  # an empty one needs no look inside, which another user's may refuse
    except OSError:
        _empty(path, parent)
        os.rmdir(path.name, dir_fd=parent)


def _empty(path: Path, parent: int) -> None:
    directory = _open(path.name, parent)
    try:
        if os.fstat(directory).st_mode & _ALL != _ALL:
            os.fchmod(directory, _ALL)
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            _remove(path / name, directory)
    finally:
        os.close(directory)


def _open(name: str, parent: int) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=parent)
    except PermissionError:
        os.chmod(name, _ALL, dir_fd=parent)
        return os.open(name, _DIRECTORY, dir_fd=parent)


def _refused(path: Path, error: OSError) -> DiskError:
    if error.errno in {errno.EACCES, errno.EPERM}:
        for place, what in ((path.parent, "its directory belongs"), (path, "it belongs")):
            owner = place.lstat().st_uid
            if owner != os.geteuid():
                return DiskError(
                    f"{path} cannot be removed: {what} to {_user(owner)}.",
                    f"Remove it as that user or as root: sudo rm -r {path}",
                )
    return disk_error(path, "removed", error)


def _user(uid: int) -> str:
    try:
        return f"{pwd.getpwuid(uid).pw_name} (uid {uid})"
    except KeyError:
        return f"uid {uid}"
