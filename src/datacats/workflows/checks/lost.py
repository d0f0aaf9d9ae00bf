"""Whether a site still has all of its data: what somebody removed is told before anything is begun without it."""

from __future__ import annotations

from collections.abc import Iterator

from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import typed
from datacats.store import host, layer, lost
from datacats.workflows import losses
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "data"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Look for each part of each complete site. Lost secrets are told where files are read."""
    if facts.data.root is None:
        return ()
    found = tuple(finding for seen in facts.data.sites for finding in _of(facts, seen))
    return found or (ok(NAME, "Every site has its database, files and search index."),)


def for_good(seen: SeenSite, part: str, owner: tuple[int, int]) -> Finding:
    """Judge a part that only a copy brings back."""
    error = losses.for_good(seen.environment, seen.site, part, owner)
    return Finding(NAME, Severity.ERROR, error.message, "The site is not started without it.", error.hint)


def again(seen: SeenSite, part: str) -> Finding:
    """Judge a part that is made again when the site is started."""
    return Finding(
        NAME,
        Severity.WARNING,
        f"{seen.name} has lost its {lost.WORDS[part]}: somebody removed or emptied the place.",
        "The next start makes it again, and says what it cannot bring back.",
        typed("start", seen.environment.name, seen.site.name),
    )


def _of(facts: Facts, seen: SeenSite) -> Iterator[Finding]:
    disk = facts.ports.disk
    for part in lost.parts(disk, seen.environment, seen.site, layer.current(disk, seen.environment)):
        if part in {"postgres", "files"}:
            yield for_good(seen, part, host.owner_for(disk, seen.environment.source))
        elif part != "secrets":
            yield again(seen, part)
