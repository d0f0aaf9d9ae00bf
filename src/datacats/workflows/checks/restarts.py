"""Whether containers keep ending and being started again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datacats.model.finding import Finding, Severity, ok
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_services import SeenService
from datacats.workflows.checks.services import called

NAME = "restarts"

_RECENT = 600.0
"""Seconds for which a restart is worth a word."""


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge how often the engine had to start each service again."""
    return judge(facts.services)


def judge(services: Iterable[SeenService]) -> tuple[Finding, ...]:
    """Judge services."""
    found = tuple(finding for seen in services for finding in _judge(seen))
    return found or (ok(NAME, "No container keeps ending."),)


def _judge(seen: SeenService) -> Iterator[Finding]:
    times = seen.detail.restarts if seen.detail else 0
    why = f"The last error in its log: {seen.complaint.text}" if seen.complaint else ""
    logs = f"datacats logs {seen.service} {seen.site.options} --tail 50"
    if seen.state == "restarting":
        what = f"{called(seen)} ends again and again: it was started anew {times} times."
        yield Finding(NAME, Severity.ERROR, what, why, f"See why: {logs}")
    elif times and seen.state == "running" and seen.age < _RECENT:
        what = f"{called(seen)} has ended and was started anew {times} times, the last time {seen.age:.0f} s ago."
        yield Finding(NAME, Severity.WARNING, what, why, f"See why: {logs}")
