"""Whether environments are whole: none half made or half gone, each with its source directory.

Nothing here is mended without asking: carrying on shows a password, replaces a site's images or removes its data.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from datacats.errors import Conflict, DatacatsError
from datacats.model.environment import Environment, Phase
from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import typed
from datacats.store import change_file, environment_file, locate
from datacats.store.root import FILE as ROOT_FILE
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "environments"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the phase of each site, and look for source directories."""
    halves = [seen for seen in facts.data.sites if seen.site.phase is not Phase.CREATED]
    found = (
        *map(judge, halves),
        *(changing(environment, at_work=at_work) for environment, at_work in _changing(facts)),
        *(lost(name, source) for name, source in _without_source(facts)),
        *(stray(*each) for each in _strays(facts)),
    )
    return found or (ok(NAME, "Every environment is whole."),)


def judge(seen: SeenSite) -> Finding:
    """Judge a site that is not complete."""
    phase = seen.site.phase
    if seen.at_work:
        return Finding(NAME, Severity.NOTE, f"{seen.name} is being {phase.participle} at this moment.")
    where = seen.environment.source if phase is Phase.CREATING else seen.environment.name
    why = "A command was interrupted, or still makes images. Nothing is lost: the same command carries on."
    if phase is Phase.PURGING:
        why = "A purge was interrupted. What it has removed is gone; the same command removes the rest."
    return Finding(
        NAME,
        Severity.WARNING,
        f"{seen.name} is half {phase.participle}.",
        why,
        typed(phase.verb, where, seen.site.name),
    )


def changing(environment: Environment, *, at_work: bool) -> Finding:
    """Judge an environment of which what is installed is being changed."""
    name = environment.name
    if at_work:
        return Finding(NAME, Severity.NOTE, f"What is installed in {name} is being changed at this moment.")
    return Finding(
        NAME,
        Severity.WARNING,
        f"What is installed in {name} is half changed.",
        "An install or uninstall was interrupted. Nothing is lost: the same command carries on, and so does start.",
        typed("start", name),
    )


def lost(name: str, source: Path) -> Finding:
    """Judge an environment whose source directory is gone."""
    return Finding(
        NAME,
        Severity.ERROR,
        f"{name} has a data directory, but no source directory: there is no {source / environment_file.NAME}.",
        "CKAN cannot run without it; the data is still there.",
        f"Put the source directory back; or, where it is not needed any more: datacats purge {name}",
    )


def stray(data: Path, stranger: DatacatsError | None) -> Finding:
    """Judge a directory of the data root that names no source directory; ``stranger`` says that it is not ours."""
    if stranger:
        return Finding(NAME, Severity.NOTE, stranger.message, "No environment can have that name.", stranger.hint)
    return Finding(
        NAME,
        Severity.WARNING,
        f"The data directory {data} belongs to no environment: it has no {locate.FILE}.",
        "A create or purge that was interrupted leaves one.",
        f"Make the environment again, or: datacats purge {data.name}",
    )


def _changing(facts: Facts) -> Iterator[tuple[Environment, bool]]:
    for environment in facts.data.environments:
        if facts.ports.disk.entry(change_file.path(environment)) is not None:
            yield environment, facts.data.is_locked(environment.data / "lock")


def _without_source(facts: Facts) -> Iterator[tuple[str, Path]]:
    for environment in facts.data.environments:
        if facts.ports.disk.entry(environment.source / environment_file.NAME) is None:
            yield environment.name, environment.source


def _strays(facts: Facts) -> Iterator[tuple[Path, DatacatsError | None]]:
    if facts.data.root is None or facts.data.reference is not None:
        return
    for name in facts.ports.disk.names(facts.data.home):
        if name in facts.data.every_name or name.startswith("_") or name == ROOT_FILE:
            continue
        try:
            locate.refuse_stranger(facts.ports.disk, facts.data.home / name)
        except Conflict as stranger:
            yield facts.data.home / name, stranger
        else:
            yield facts.data.home / name, None
