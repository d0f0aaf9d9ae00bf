"""What every command is handed: how to open the workspace, and how to say things."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from datacats.cli.look import Look
    from datacats.model.event import Event, Events
    from datacats.model.plan import Plan
    from datacats.workflows.checks.facts import Facts
    from datacats.workflows.workspace import Workspace


class Progress(Protocol):
    """What shows events while a command works."""

    def show(self, event: Event) -> None:
        """Show one event."""

    def end(self) -> None:
        """Take away what is drawn over."""


@dataclass
class Session:
    """One run of the command line. ``open`` connects when a command first asks for its workspace.

    ``words`` are those that were typed. ``by_option`` says that the command's own words are something else than its
    environment, which ``-e`` names. ``look`` is for the command that says why no workspace can be opened. The flags
    are the options that every command has.
    """

    open: Callable[[], Workspace]
    json: bool = False
    stream: bool = False
    quiet: bool = False
    plain: bool = False
    no_color: bool = False
    debug: bool = False
    command: str = ""
    words: Sequence[str] = ()
    by_option: bool = False
    look: Callable[[], Facts] | None = None
    _workspace: Workspace | None = field(default=None, repr=False)
    _progress: Progress | None = field(default=None, repr=False)

    @property
    def workspace(self) -> Workspace:
        """The workspace, opened once."""
        if self._workspace is None:
            self._workspace = self.open()
        return self._workspace

    @property
    def opened(self) -> Workspace | None:
        """The workspace where it was opened."""
        return self._workspace

    @property
    def for_programs(self) -> bool:
        """Whether a program reads what is printed: then nobody is asked anything."""
        return self.json or self.stream

    def facts(self, environment: str | None) -> Facts:
        """Return what checks look at, whatever is wrong with it."""
        from datacats.workflows.checks.facts import Facts  # noqa: PLC0415 - help must not pay for it

        facts = self.look() if self.look else Facts.of(self.workspace)
        return facts.about(environment)

    def look_of_errors(self) -> Look:
        """Return what standard error can show."""
        return self._look_of(sys.stderr)

    def look_of_results(self) -> Look:
        """Return what standard output can show."""
        return self._look_of(sys.stdout)

    def events(self) -> Events:
        """Return what shows progress. Where it cannot be shown any more, the work goes on without."""
        from datacats.model.event import ignore  # noqa: PLC0415 - help must not pay for it

        if (self.quiet or self.json) and not self.stream:
            return ignore

        def show(event: Event) -> None:
            if self._progress is None:
                self._progress = self._new_progress()
            try:
                self._progress.show(event)
            except OSError:
                self._progress = _Nothing()

        return show

    def end_progress(self) -> None:
        """Take away what is drawn over: the end is told, or somebody is asked."""
        if self._progress is not None:
            self._progress.end()

    def result(self, record: object, lines: Iterable[str], brief: Sequence[str] = (), *, then: str = "") -> None:
        """Print a result: one JSON document, or lines for people; ``brief`` is what ``--quiet`` leaves of them.

        ``then`` is a useful next command, which only a person at a terminal is told of.
        """
        from datacats.cli.render import document, next_line, say  # noqa: PLC0415 - help must not pay for it

        self.end_progress()
        if self.for_programs:
            document(self.command, "result", _fields(record), compact=self.stream)
            return
        say(brief if self.quiet else lines)
        if then and not self.quiet and sys.stderr.isatty() and sys.stdout.isatty():
            sys.stdout.flush()
            print(next_line(then, colour=self.look_of_errors().colour), file=sys.stderr)

    def foreseen(self, plan: Plan, later: Iterable[str] = ()) -> None:
        """Print what would be done: the plan, and what follows it in words."""
        from datacats.cli.render import plan_lines  # noqa: PLC0415 - help must not pay for it

        then = list(later)
        lines = plan_lines(plan) if len(plan) or not then else []
        self.quiet = False
        self.result({"plan": [str(step) for step in plan], "later": then}, [*lines, *(f"then {each}" for each in then)])

    def _look_of(self, stream: TextIO) -> Look:
        from datacats.cli.look import look_of  # noqa: PLC0415 - help must not pay for it

        return look_of(stream, os.environ, plain=self.plain, colour=not self.no_color)

    def _new_progress(self) -> Progress:
        if self.stream:
            from datacats.cli.event_lines import EventLines  # noqa: PLC0415 - help must not pay for it

            return EventLines(self.command)
        look = self.look_of_errors()
        if look.live:
            from datacats.cli.live import LiveLines  # noqa: PLC0415 - importing rich takes 0.1 s

            return LiveLines(look)
        from datacats.cli.progress import Lines  # noqa: PLC0415

        return Lines(person=sys.stderr.isatty())


class _Nothing:
    """Progress that nobody can see."""

    def show(self, event: Event) -> None:
        """Show nothing."""

    def end(self) -> None:
        """Nothing is there to be taken away."""


def _fields(record: object) -> Mapping[str, Any]:
    if is_dataclass(record) and not isinstance(record, type):
        return asdict(record)
    if isinstance(record, Mapping):
        return record
    raise TypeError(record)
