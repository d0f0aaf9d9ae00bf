"""What every command is handed: how to open the workspace, and how to say things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datacats.model.event import Events
    from datacats.model.plan import Plan
    from datacats.workflows.checks.facts import Facts
    from datacats.workflows.workspace import Workspace


@dataclass
class Session:
    """One run of the command line. ``open`` connects when a command first asks for its workspace.

    ``words`` are those that were typed. ``by_option`` says that the command's own words are something else than its
    environment, which ``-e`` names. ``look`` is for the command that says why no workspace can be opened.
    """

    open: Callable[[], Workspace]
    json: bool = False
    quiet: bool = False
    command: str = ""
    words: Sequence[str] = ()
    by_option: bool = False
    look: Callable[[], Facts] | None = None
    _workspace: Workspace | None = field(default=None, repr=False)

    @property
    def workspace(self) -> Workspace:
        """The workspace, opened once."""
        if self._workspace is None:
            self._workspace = self.open()
        return self._workspace

    def facts(self, environment: str | None) -> Facts:
        """Return what checks look at, whatever is wrong with it."""
        from datacats.workflows.checks.facts import Facts  # noqa: PLC0415 - help must not pay for it

        facts = self.look() if self.look else Facts.of(self.workspace)
        return facts.about(environment)

    def events(self) -> Events:
        """Return what shows progress: lines on standard error, or nothing."""
        from datacats.cli.render import Progress  # noqa: PLC0415 - help must not pay for it
        from datacats.model.event import ignore  # noqa: PLC0415

        return ignore if self.quiet or self.json else Progress().show

    def result(self, record: dict[str, Any], lines: list[str], brief: Sequence[str] = ()) -> None:
        """Print a result: one JSON document, or lines for people; ``brief`` is what ``--quiet`` leaves of them."""
        from datacats.cli.render import document, say  # noqa: PLC0415

        if self.json:
            document(self.command, "result", record)
        else:
            say(brief if self.quiet else lines)

    def foreseen(self, plan: Plan, later: Iterable[str] = ()) -> None:
        """Print what would be done: the plan, and what follows it in words."""
        from datacats.cli.render import plan_lines  # noqa: PLC0415 - help must not pay for it

        then = list(later)
        lines = plan_lines(plan) if len(plan) or not then else []
        self.quiet = False
        self.result({"plan": [str(step) for step in plan], "later": then}, [*lines, *(f"then {each}" for each in then)])
