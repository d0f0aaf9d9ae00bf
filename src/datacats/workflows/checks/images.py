"""Whether the images that sites run on are here, and how old they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from datacats.errors import DatacatsError
from datacats.model.finding import Finding, HaveImages, Severity, ok
from datacats.model.image import ROLES, ImageSet
from datacats.model.observed import ImageSeen
from datacats.recipes import resolve_ckan
from datacats.workflows import images, lines
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "images"

_DAY = 24 * 60 * 60
_OLD = 180
_SAFETY = "Debian and CKAN publish security updates all the time; an image does not get them by itself."


@dataclass(frozen=True, slots=True)
class Run:
    """What a site runs on, what a new site of its CKAN version would, and what would be made now.

    None where that cannot be told. ``other`` tells that the environment asks for another line of CKAN than it runs.
    """

    seen: SeenSite
    newest: ImageSet | None
    made: ImageSet | None
    other: DatacatsError | None = None

    @property
    def upgrade(self) -> str:
        """The way to newer images."""
        return self.other.hint if self.other else f"datacats upgrade {self.seen.words}"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the images of each site."""
    if facts.engine.info is None:
        return ()
    return judge([_run(facts, seen) for seen in facts.data.sites], facts.engine.images, facts.now)


def judge(runs: Sequence[Run], present: Mapping[str, ImageSeen], now: float) -> tuple[Finding, ...]:
    """Judge what sites run on, by the images that are here."""
    found = tuple(finding for run in runs for finding in _judge(run, present, now))
    return found or (ok(NAME, "The images of every site are here and not old."),)


def _judge(run: Run, present: Mapping[str, ImageSeen], now: float) -> Iterator[Finding]:
    if run.other:
        yield Finding(NAME, Severity.WARNING, run.other.message, "It goes on with what it runs.", run.other.hint)
    missing = [str(run.seen.site.images[role]) for role in ROLES if str(run.seen.site.images[role]) not in present]
    if missing:
        yield _missing(run, missing)
        return
    oldest = min(present[str(run.seen.site.images[role])].created for role in ROLES)
    days = int((now - oldest) / _DAY)
    is_behind = run.newest is not None and run.newest != run.seen.site.images
    if days > _OLD:
        fix = run.upgrade if is_behind else f"Upgrade datacats: newer ones make newer images. Then: {run.upgrade}"
        yield Finding(NAME, Severity.WARNING, f"An image of {run.seen.name} is {days} days old.", _SAFETY, fix)
    elif is_behind:
        yield Finding(
            NAME, Severity.NOTE, f"There are newer images than those of {run.seen.name}.", _SAFETY, run.upgrade
        )


def _missing(run: Run, missing: Collection[str]) -> Finding:
    """Only images of this datacats can be had again; from others a site has to move on."""
    names = ", ".join(missing)
    what, why = f"{run.seen.name} runs on {names}, which is not here.", "A container that is lost cannot come back."
    can_be_had = {str(run.made[role]) for role in ROLES} if run.made else set()
    if set(missing) <= can_be_had:
        ckan = run.seen.environment.ckan
        return Finding(NAME, Severity.ERROR, what, why, f"datacats pull --ckan {ckan}", HaveImages(ckan))
    return Finding(NAME, Severity.ERROR, what, why, run.upgrade)


def _run(facts: Facts, seen: SeenSite) -> Run:
    if facts.workspace is not None:
        with suppress(DatacatsError):
            if other := lines.of_another(seen.environment, seen.site):
                return Run(seen, None, None, other)
            ckan = resolve_ckan(seen.environment.ckan)
            return Run(seen, images.wanted(facts.workspace, ckan)[0], images.made_here(facts.workspace, ckan))
    return Run(seen, None, None)
