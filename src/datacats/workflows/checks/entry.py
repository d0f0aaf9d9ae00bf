"""A check in a table of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from datacats.errors import DatacatsError
from datacats.model.finding import Finding, Severity
from datacats.workflows.checks.facts import Facts

Check = Callable[[Facts], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A check, and whether there is nothing to look at without an engine."""

    name: str
    check: Check
    needs_engine: bool = False

    def look(self, facts: Facts) -> Iterator[Finding]:
        """Yield what the check finds; where it cannot be made, that."""
        if self.needs_engine and facts.engine.info is None:
            yield Finding(self.name, Severity.NOTE, "Not looked at: the engine cannot be used.")
            return
        try:
            yield from self.check(facts)
        except DatacatsError as error:
            yield Finding(self.name, Severity.ERROR, error.message, "", error.hint)
