"""Whether a site still has all of its data: what somebody removed is told before anything is begun without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from datacats.model import labels
from datacats.model.environment import Environment
from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import called, typed
from datacats.store import host, layer, lost, site_file
from datacats.workflows import losses
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "data"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Look for each part of each complete site. Lost secrets are told where files are read."""
    if facts.data.root is None:
        return ()
    found = (
        *(finding for seen in facts.data.sites for finding in _of(facts, seen)),
        *(whole(*each) for each in _without_directory(facts)),
    )
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


def whole(environment: Environment, site: str, containers: int) -> Finding:
    """Judge a site of which only the engine still holds something."""
    return Finding(
        NAME,
        Severity.ERROR,
        f"All data of {called(environment.name, site)} is gone: somebody removed {environment.site_directory(site)}.",
        f"The engine still holds {containers} containers of it, which may work on files that nobody finds any more.",
        f"Put a copy of it back; or remove them: {typed('purge', environment.name, site)}",
    )


def _without_directory(facts: Facts) -> Iterator[tuple[Environment, str, int]]:
    for environment in facts.data.environments:
        mine = (each for each in facts.ours.containers if each.labels.get(labels.ENVIRONMENT) == environment.name)
        held = Counter(each.labels.get(labels.SITE, "") for each in mine)
        for site in sorted({*held} - {*site_file.names(facts.ports.disk, environment), ""}):
            yield environment, site, held[site]


def _of(facts: Facts, seen: SeenSite) -> Iterator[Finding]:
    disk = facts.ports.disk
    for part in lost.parts(disk, seen.environment, seen.site, layer.current(disk, seen.environment)):
        if part in {"postgres", "files"}:
            yield for_good(seen, part, host.owner_for(disk, seen.environment.source))
        elif part != "secrets":
            yield again(seen, part)
