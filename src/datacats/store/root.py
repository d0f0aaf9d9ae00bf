"""The data root: the directory that holds every data directory, the templates, and the locks."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datacats.errors import ConfigError
from datacats.model.ports import Disk
from datacats.store import documents

if TYPE_CHECKING:
    from datacats.model.event import Events

FILE = "root.json"
_PATIENCE = 600.0
"""Seconds to wait for another datacats: a first build of the images takes minutes."""


@dataclass(frozen=True, slots=True)
class DataRoot:
    """The data root of this user. ``uuid`` marks everything that is made from it."""

    path: Path
    uuid: str

    def environment(self, name: str) -> Path:
        """Return the data directory of an environment."""
        return self.path / name

    @property
    def templates(self) -> Path:
        """The directory of the sealed templates."""
        return self.path / "_templates"

    def lock(self, disk: Disk, what: str = "root", *, events: Events | None = None) -> AbstractContextManager[None]:
        """Hold one of the locks that are not an environment's: ``root``, ``image-DIGEST``, ``template-KEY``.

        ``events`` are told who is waited for.
        """
        words = f"the {what} lock of {self.path}"
        return disk.lock(self.lock_path(what), words, wait=_PATIENCE, tell=teller(events))

    def lock_path(self, what: str) -> Path:
        """Return the file of such a lock."""
        return self.path / "_locks" / what


def teller(events: Events | None) -> Callable[[str], None]:
    """Return what tells a line of text as an event."""

    def tell(text: str) -> None:
        from datacats.model.event import Said  # noqa: PLC0415 - a command that waits for nobody must not pay for it

        if events is not None:
            events(Said(text))

    return tell


def root_path(env: Mapping[str, str]) -> Path:
    """Return where the data root is: ``DATACATS_HOME``, else ``~/.datacats``."""
    chosen = env.get("DATACATS_HOME")
    return Path(chosen).absolute() if chosen else Path(env.get("HOME", "~")).expanduser() / ".datacats"


def open_root(disk: Disk, env: Mapping[str, str]) -> DataRoot:
    """Open the data root, making it when there is none. Raises ConfigError for a path that is not absolute."""
    path = _checked(env)
    file = path / FILE
    if disk.entry(file) is None:
        for directory in (path, path / "_locks", path / "_templates"):
            disk.make_directory(directory, 0o700)
        with disk.lock(path / "_locks" / "root", f"the root lock of {path}", wait=_PATIENCE):
            if disk.entry(file) is None:
                documents.write(disk, file, {"uuid": str(uuid.uuid4())}, owner_of(disk, path))
    return _read(disk, path)


def owner_of(disk: Disk, path: Path) -> tuple[int, int]:
    """Return who owns the files of a data root: who owns its directory, of whatever group that may be.

    Only root can give a file to a group that it does not belong to itself.
    """
    entry, uid = disk.entry(path), os.geteuid()
    if entry is None:
        return 0, 0
    return (uid, os.getegid()) if entry.uid == uid != 0 else (entry.uid, entry.gid)


def existing_root(disk: Disk, env: Mapping[str, str]) -> DataRoot | None:
    """Return the data root, or None when there is none yet; nothing is made. Raises ConfigError, DiskError."""
    path = _checked(env)
    return _read(disk, path) if disk.entry(path / FILE) else None


def content(found: str) -> bytes:
    """Return the content of a data root's file, by its uuid."""
    return documents.text({"uuid": found})


def _checked(env: Mapping[str, str]) -> Path:
    chosen = env.get("DATACATS_HOME")
    if chosen and not Path(chosen).is_absolute():
        raise ConfigError(
            f"DATACATS_HOME is {chosen}: that would be another data root in each directory.",
            f"Write it whole, for example: export DATACATS_HOME={root_path(env)}",
        )
    return root_path(env)


def _read(disk: Disk, path: Path) -> DataRoot:
    return documents.read(disk, path / FILE, lambda record: DataRoot(path, documents.value(record, "uuid", str)))
