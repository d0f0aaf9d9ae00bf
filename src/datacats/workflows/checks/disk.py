"""Whether there is room where images and data lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datacats.errors import DiskError
from datacats.model.finding import Finding, Severity, ok
from datacats.workflows.checks.facts import Facts
from datacats.workflows.space import size

NAME = "disk"

_MIB = 2**20
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Place:
    """A place that fills up: below ``least`` bytes things break, below ``wise`` they soon may, and why."""

    what: str
    path: Path
    least: int
    wise: int
    why: str
    fix: str


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the free space of each place that this host can see."""
    return tuple(_look(facts, place) for place in _places(facts))


def _look(facts: Facts, place: Place) -> Finding:
    try:
        return _judge(place, facts.ports.disk.free(place.path))
    except DiskError as error:
        return Finding(NAME, Severity.ERROR, error.message, "Nothing can be made or changed there.", error.hint)


def _judge(place: Place, free: int) -> Finding:
    what = f"{size(free)} are free for {place.what} ({place.path})."
    if free >= place.wise:
        return ok(NAME, what)
    severity = Severity.ERROR if free < place.least else Severity.WARNING
    return Finding(NAME, severity, f"Only {what}", place.why, place.fix)


def _places(facts: Facts) -> Iterator[Place]:
    """Only a directory that is there is the engine's own: one of a virtual machine is not on this host."""
    home, info = facts.data.home, facts.engine.info
    yield Place(
        "data",
        home,
        256 * _MIB,
        2 * _GIB,
        "A full disk stops PostgreSQL and Solr in the middle of their work. A new site takes about 100 MiB at first.",
        f"See what takes it: du -xhd1 {home}; an environment that is not needed any more: datacats purge NAME",
    )
    if info and facts.engine.is_local and facts.ports.disk.entry(Path(info.root)):
        yield Place(
            "images",
            Path(info.root),
            _GIB,
            5 * _GIB,
            "The images of a CKAN version take 1 GiB, and building them 3 GiB more. Logs of containers lie there too.",
            "Remove images of datacats that nobody uses: datacats images prune; what else there is: docker system df",
        )
