"""Look at everything that datacats stands on, and mend what can be mended without asking."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from datacats.apply import apply
from datacats.errors import DatacatsError
from datacats.model.event import Events, Said, ignore
from datacats.model.finding import Finding, HaveImages, Severity
from datacats.model.plan import Plan
from datacats.recipes import resolve_ckan
from datacats.workflows import images
from datacats.workflows.checks import (
    access,
    engine,
    files,
    firewall,
    leftovers,
    memory,
    of_site,
    registry,
    resolution,
    subnets,
    version,
)
from datacats.workflows.checks import images as image_check
from datacats.workflows.checks.entry import Entry
from datacats.workflows.checks.facts import Facts

CHECKS = (
    Entry(engine.NAME, engine.check),
    Entry(version.NAME, version.check, needs_engine=True),
    Entry(memory.NAME, memory.check, needs_engine=True),
    Entry(firewall.NAME, firewall.check),
    Entry(registry.NAME, registry.check),
    Entry(files.NAME, files.check),
    Entry(access.NAME, access.check),
    Entry(image_check.NAME, image_check.check, needs_engine=True),
    Entry(subnets.NAME, subnets.check, needs_engine=True),
    Entry(resolution.NAME, resolution.check),
    *of_site.CHECKS,
    Entry(leftovers.NAME, leftovers.check, needs_engine=True),
)
"""Every check, what others stand on first."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and what of it was mended. ``findings`` is how things are at the end."""

    findings: tuple[Finding, ...]
    mended: tuple[Finding, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether nothing that was found is an error."""
        return all(each.severity is not Severity.ERROR for each in self.findings)


def doctor(facts: Facts, events: Events = ignore, *, fix: bool = False) -> Report:
    """Run every check; with ``fix`` mend what is safe to mend, and look again. Raises NotFound for the reference."""
    found = examine(facts)
    if not fix:
        return Report(found)
    done = [each for each in found if each.mend is not None and _mended(each, facts, events)]
    after = examine(facts.again()) if done else found
    return Report(after, tuple(each for each in done if each not in after))


def plan_fix(facts: Facts) -> Plan:
    """Return what would be mended now, and do nothing. Raises NotFound for the reference."""
    return Plan.of(step for each in examine(facts) for step in _mending(each, facts))


def _mending(finding: Finding, facts: Facts) -> Plan:
    if isinstance(finding.mend, HaveImages):
        return images.plan(facts.workspace, resolve_ckan(finding.mend.ckan)) if facts.workspace else Plan()
    return finding.mend or Plan()


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Return what all checks find."""
    if facts.data.root is not None and facts.data.reference is not None:
        _ = facts.data.names
    return tuple(finding for entry in CHECKS for finding in entry.look(facts))


def _mended(finding: Finding, facts: Facts, events: Events) -> bool:
    try:
        _mend(finding, facts, events)
    except DatacatsError as error:
        events(Said(f"{finding.what} It could not be mended: {error.message}"))
        return False
    return True


def _mend(finding: Finding, facts: Facts, events: Events) -> None:
    if isinstance(finding.mend, HaveImages):
        if facts.workspace is not None:
            images.ensure(facts.workspace, resolve_ckan(finding.mend.ckan), events)
        return
    path = facts.data.home / "_locks" / finding.lock
    held = facts.ports.disk.lock(path, f"the {finding.lock} lock", wait=0) if finding.lock else nullcontext()
    with held:
        again = facts.again(holding=path)
        check = next(entry.check for entry in CHECKS if entry.name == finding.check)
        if finding.mend is not None and finding in check(again):
            apply(finding.mend, facts.ports, events)
