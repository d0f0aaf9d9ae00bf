"""Progress on a terminal: what runs at this moment is drawn over until it has ended and is a line."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from datacats.cli import measure
from datacats.cli.look import Look
from datacats.cli.progress import is_small, is_worth_a_line
from datacats.model.event import Event, Finished, Progressed, Said, Started
from datacats.model.plan import Operation
from datacats.model.step import Step

_INDENT = 10
_NAME = re.compile(r"\bdatacats_([a-z]+)_(\w[\w.-]*)")
_DIGEST = re.compile(r"(?<=\d)(-[0-9a-f]{12})+\b")
_NARROW = 50
"""Columns below which a line is better wrapped at its beginning than beside its time."""


def short(text: str) -> str:
    """Return what an operation does in names that an eye takes in: services for containers, versions for images.

    What concerns two sites keeps the whole names, and so do plans and logs.
    """
    if len({site for _, site in _NAME.findall(text)}) > 1:
        return text
    named = _NAME.sub(lambda found: found[1] + (" of the template" if found[2].startswith("_template") else ""), text)
    return _DIGEST.sub("", named)


class _Console(Console):
    """A console that leaves the cursor alone: after a kill nobody would bring it back."""

    def show_cursor(self, show: bool = True) -> bool:
        """Do nothing."""
        del show
        return False


@dataclass(slots=True)
class _Row:
    """An operation that runs."""

    operation: Operation
    began: float
    step: Step | None = None

    def lines(self, spinner: Text) -> list[Text]:
        """Return what to show of it: what it is, and how far it has come."""
        seconds = time.monotonic() - self.began
        head = Text.assemble(spinner, (f"{seconds:5.1f} s  ", "dim"), short(str(self.operation)))
        if self.step is None or (self.step.unit == "steps" and not self.step.number):
            return [head]
        return [head, Text(" " * _INDENT + measure.words(self.step, seconds), "dim")]


class _Board:
    """The operations that run, each cropped to the width of the terminal."""

    def __init__(self, look: Look) -> None:
        self.rows: dict[int, _Row] = {}
        self._spinner = Spinner("dots" if look.unicode else "line")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw what there is at this moment."""
        del options
        spinner = self._spinner.render(console.get_time())
        sign = spinner if isinstance(spinner, Text) else Text(" ")
        lines = [line for row in list(self.rows.values()) for line in row.lines(sign)]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis" if console.encoding == "utf-8" else "crop"
        yield Group(*lines)


class LiveLines:
    """Shows events on standard error, which is a terminal."""

    def __init__(self, look: Look) -> None:
        self._console = _Console(stderr=True, highlight=False, no_color=not look.colour, file=sys.stderr)
        self._board = _Board(look)
        self._live: Live | None = None

    def show(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Started):
            if not is_small(event.operation):
                self._board.rows[id(event.operation)] = _Row(event.operation, time.monotonic())
                self._draw()
        elif isinstance(event, Progressed):
            row = self._board.rows.get(id(event.operation))
            if row is not None and (event.step.number or event.step.unit != "steps"):
                row.step = event.step
        elif isinstance(event, Finished):
            self._finish(event)
        elif isinstance(event, Said):
            self._console.print(Text(event.text), soft_wrap=True)

    def end(self) -> None:
        """Take away what is drawn over, for whatever comes next."""
        if self._live is not None:
            live, self._live = self._live, None
            live.stop()

    def _draw(self) -> None:
        if self._live is not None:
            self._live.refresh()
            return
        self._live = Live(
            self._board,
            console=self._console,
            refresh_per_second=10,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start(refresh=True)

    def _finish(self, event: Finished) -> None:
        self._board.rows.pop(id(event.operation), None)
        if not self._board.rows:
            self.end()
        if is_worth_a_line(event):
            self._console.print(self._line(event))

    def _line(self, event: Finished) -> Padding | Table:
        how = f" [{event.note}]" if event.note else ""
        what = Text.assemble(short(str(event.operation)), (f" ({event.operation.cause}){how}", "dim"))
        taken = f"{event.seconds:6.2f} s"
        if self._console.width < _NARROW:
            return Padding(Text.assemble((f"{taken.strip()}  ", "green"), what))
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(no_wrap=True, style="green")
        line.add_column(overflow="fold")
        line.add_row(taken, what)
        return line
