"""Whether services come near the memory that they may use: at its limit one is killed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datacats.model.finding import Finding, Severity, ok
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_services import SeenService
from datacats.workflows.checks.services import called
from datacats.workflows.space import size

NAME = "limits"

_NEAR = 0.9


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge what each service uses of what it may."""
    return judge(facts.services)


def judge(services: Iterable[SeenService]) -> tuple[Finding, ...]:
    """Judge services."""
    found = tuple(finding for seen in services for finding in _judge(seen))
    return found or (ok(NAME, "No service is near the limit of its memory."),)


def _judge(seen: SeenService) -> Iterator[Finding]:
    usage = seen.usage
    if usage and usage.limit and usage.memory > _NEAR * usage.limit:
        yield Finding(
            NAME,
            Severity.WARNING,
            f"{called(seen)} uses {size(usage.memory)} of the {size(usage.limit)} of memory that it may.",
            "At its limit the kernel kills it.",
            f"A new container begins with little: datacats restart {seen.service} {seen.site.words}; where that does "
            f"not last, see what it does: datacats logs {seen.service} {seen.site.options}",
        )
