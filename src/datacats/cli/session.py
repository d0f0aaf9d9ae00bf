"""What every command is handed: how to open the workspace, and how to say things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datacats.model.event import Events
    from datacats.workflows.workspace import Workspace


@dataclass
class Session:
    """One run of the command line. ``open`` connects when a command first asks for its workspace."""

    open: Callable[[], Workspace]
    json: bool = False
    quiet: bool = False
    command: str = ""
    _workspace: Workspace | None = field(default=None, repr=False)

    @property
    def workspace(self) -> Workspace:
        """The workspace, opened once."""
        if self._workspace is None:
            self._workspace = self.open()
        return self._workspace

    def events(self) -> Events:
        """Return what shows progress: lines on standard error, or nothing."""
        from datacats.cli.render import Progress  # noqa: PLC0415 - help must not pay for it
        from datacats.model.event import ignore  # noqa: PLC0415

        return ignore if self.quiet or self.json else Progress().show

    def result(self, record: dict[str, Any], lines: list[str]) -> None:
        """Print a result: one JSON document, or lines for people."""
        from datacats.cli.render import document, say  # noqa: PLC0415

        if self.json:
            document(self.command, "result", record)
        elif not self.quiet:
            say(lines)
