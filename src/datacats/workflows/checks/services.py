"""Whether the services of each site that is up run, and answer when they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import typed
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_services import SeenService

NAME = "services"

_UP = {"running", "paused", "restarting"}
_STOPPED = {0: "was stopped, or ended by itself", 137: "was stopped or killed", 143: "was stopped"}
"""How a container ended whose log does not know why, by its status; a web in development is stopped by SIGKILL."""


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the services of each site of which something runs: one of which nothing does was stopped by somebody."""
    up = {seen.site.name for seen in facts.services if seen.state in _UP}
    return judge([seen for seen in facts.services if seen.site.name in up])


def judge(services: Iterable[SeenService]) -> tuple[Finding, ...]:
    """Judge services of sites that are up."""
    found = tuple(finding for seen in services for finding in _judge(seen))
    return found or (ok(NAME, "Every service of the sites that are up runs, and answers."),)


def called(seen: SeenService) -> str:
    """What people call a service: ``solr of catstown``."""
    return f"{seen.service} of {seen.site.name}"


def _judge(seen: SeenService) -> Iterator[Finding]:
    start = typed("start", seen.site.environment.name, seen.site.site.name)
    if seen.state == "paused":
        why = "Somebody has frozen its container: whatever asks it waits."
        yield Finding(NAME, Severity.ERROR, f"{called(seen)} is paused.", why, start)
    elif seen.state not in {"running", "restarting"} and seen.site.at_work:
        yield Finding(NAME, Severity.NOTE, f"{called(seen)} does not run; {seen.site.at_work} is at work on its site.")
    elif seen.state not in {"running", "restarting"}:
        why = "" if seen.detail and seen.detail.exit_code in _STOPPED else _last_words(seen)
        yield Finding(NAME, Severity.WARNING, f"{called(seen)} does not run{_ended(seen)}.", why, start)
    elif seen.health == "starting":
        yield Finding(NAME, Severity.NOTE, f"{called(seen)} is starting, and not ready yet.")
    elif seen.health == "failing" and seen.sign:
        yield Finding(
            NAME,
            Severity.ERROR,
            f"{called(seen)} runs, but does not do its work: {seen.sign.said}.",
            _last_words(seen),
            f"See why: datacats logs {seen.service} {seen.site.options}; when that is mended: "
            f"datacats restart {seen.service} {seen.site.words}",
        )


def _ended(seen: SeenService) -> str:
    if seen.container is None:
        return ": it has no container"
    if seen.detail is None or seen.state == "created":
        return ""
    if seen.detail.out_of_memory:
        return ": it needed more memory than it may use, and was killed"
    if seen.detail.exit_code in _STOPPED:
        return f": it {_STOPPED[seen.detail.exit_code]}"
    return f": it ended with status {seen.detail.exit_code}"


def _last_words(seen: SeenService) -> str:
    return f"The last error in its log: {seen.complaint.text}" if seen.complaint else ""
