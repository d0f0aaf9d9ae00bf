"""Whether services have written of errors lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datacats.model.finding import Finding, Severity, ok
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_services import SeenService
from datacats.workflows.checks.services import called

NAME = "logs"

_RECENT = 3600.0
"""Seconds for which an error is worth a word to somebody who did not ask for the log."""


def check(facts: Facts) -> tuple[Finding, ...]:
    """Look at the end of the log of each service that runs."""
    return judge((seen for seen in facts.services if seen.state == "running"), facts.now)


def judge(services: Iterable[SeenService], now: float) -> tuple[Finding, ...]:
    """Judge what services wrote."""
    found = tuple(finding for seen in services for finding in _judge(seen, now))
    return found or (ok(NAME, "No log tells of an error within the last hour."),)


def _judge(seen: SeenService, now: float) -> Iterator[Finding]:
    if seen.complaint and now - seen.complaint.at < _RECENT:
        yield Finding(
            NAME,
            Severity.NOTE,
            f"{called(seen)} wrote of an error: {seen.complaint.text}",
            "",
            f"datacats logs {seen.service} {seen.site.options} --tail 50",
        )
