"""A file as it would be after a change: nothing is written yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from datacats.errors import ConfigError, Conflict, DiskError
from datacats.model.environment import SiteContext
from datacats.model.plan import PlaceFile, Plan
from datacats.workflows.workspace import Workspace

_ANYBODY = 0o222


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a file before and after a change, and what follows once it is written."""

    path: Path
    before: bytes
    after: bytes
    mode: int
    effect: str
    remarks: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after

    def plan(self, context: SiteContext) -> Plan:
        """Return the step that writes it."""
        owner = (context.host.uid, context.host.gid)
        placed = PlaceFile(self.path, self.after, owner, self.mode, cause="asked for")
        return Plan.of([placed] if self.changes else [])

    def refuse_stale(self, workspace: Workspace) -> None:
        """Raise Conflict when somebody has saved the file since it was read: what they wrote would be lost."""
        disk = workspace.ports.disk
        if self.changes and disk.entry(self.path) is not None and disk.read(self.path) != self.before:
            raise Conflict(f"{self.path} was changed while CKAN checked the value.", "Give the command again.")


def mode_of(workspace: Workspace, path: Path, new: int) -> int:
    """Return the mode that a file keeps, or ``new`` for one that is not there.

    Raises ConfigError for a link, which would be replaced by a file, DiskError for a file that is closed to writing.
    """
    entry = workspace.ports.disk.entry(path)
    if entry is None:
        return new
    if entry.kind != "file":
        raise ConfigError(f"{path} is a {entry.kind}: a change would replace it.", "Edit what it leads to.")
    if not entry.mode & _ANYBODY:
        raise DiskError(f"{path} is read-only.", f"If it may be changed: chmod u+w {path}")
    return entry.mode
