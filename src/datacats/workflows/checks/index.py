"""Whether the search index holds as many datasets as the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacats.model.finding import Finding, Severity, ok
from datacats.services import postgres, solr
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite
from datacats.workflows.checks.seen_services import SeenService

NAME = "index"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many active datasets of a site are in its database, and how many in its index; None where nobody told."""

    seen: SeenSite
    stored: int | None
    indexed: int | None


def check(facts: Facts) -> tuple[Finding, ...]:
    """Count on both sides."""
    sites = {each.site.name: each.site for each in facts.services}.values()
    return judge([counted(site, facts.services) for site in sites])


def counted(site: SeenSite, services: Sequence[SeenService]) -> Counted:
    """Return what both services of a site told."""
    told = {each.service: each.sign.datasets for each in services if each.site == site and each.sign}
    return Counted(site, told.get(postgres.SERVICE), told.get(solr.SERVICE))


def judge(counts: Sequence[Counted]) -> tuple[Finding, ...]:
    """Judge both numbers of each site."""
    found = tuple(finding for each in counts for finding in _judge(each))
    return found or (ok(NAME, "The search index of every site that runs holds what its database holds."),)


def _judge(counts: Counted) -> Iterator[Finding]:
    if counts.stored is None or counts.indexed is None or counts.stored == counts.indexed:
        return
    rebuild = f"datacats ckan {counts.seen.options} search-index rebuild"
    missing = counts.stored > counts.indexed
    difference = abs(counts.stored - counts.indexed)
    yield Finding(
        NAME,
        Severity.WARNING,
        f"The search index of {counts.seen.name} holds {counts.indexed} datasets, its database {counts.stored}.",
        f"{difference} of them cannot be found. While somebody adds many, that is so for a moment."
        if missing
        else f"{difference} are found that are not there any more.",
        rebuild if missing else f"datacats ckan {counts.seen.options} search-index clear; {rebuild}",
    )
