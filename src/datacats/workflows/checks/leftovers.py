"""What interrupted commands left: templates in the making, containers that nobody can name, parts of a build."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from datacats.model import labels
from datacats.model.finding import Finding, Severity, ok
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed, VolumeSeen
from datacats.model.plan import Plan, RemoveTree
from datacats.planning import teardown
from datacats.workflows import bed
from datacats.workflows.checks.facts import Facts

NAME = "leftovers"

_CAUSE = "left by an interrupted command"
_FIX = "datacats doctor --fix"
_TEMPLATE = "_template"
_MAKING = ".making"
_BASE_LOCK, _BASE_ARCHIVE = "image-base", "base.tar"
_ENDED = {"created", "exited", "dead"}


def check(facts: Facts) -> tuple[Finding, ...]:
    """Look for what is left on the engine and below the data root. A lock that is held means that it is in use."""
    if facts.data.root is None:
        return ()
    owners = _owners(facts)
    found = (
        *_templates(facts),
        *_tests(facts),
        *lost(facts.ours, owners),
        *lost_volumes(facts.ours, owners),
        *one_offs(facts.ours),
        *_archive(facts),
    )
    return found or (ok(NAME, "Interrupted commands left nothing behind."),)


def lost(ours: Observed, owners: Collection[str]) -> Iterator[Finding]:
    """Judge what the engine holds of environments that have no data directory (``owners`` are those that have)."""
    names = {*map(_owner, ours.containers), *map(_owner, ours.networks)}
    for name in sorted(names - set(owners)):
        theirs = replace(_of(ours, name), volumes=())
        yield Finding(
            NAME,
            Severity.WARNING,
            f"The engine holds {_count(theirs)} of {name}, which has no data directory any more.",
            "Nobody can start or remove them by that name.",
            _FIX,
            teardown.remove(theirs, cause="its environment is gone"),
            "root",
        )


def lost_volumes(ours: Observed, owners: Collection[str]) -> Iterator[Finding]:
    """Judge volumes of environments that have no data directory; they may hold all that is left of somebody's work."""
    for name in sorted({*map(_owner, ours.volumes)} - set(owners)):
        volumes = [seen.name for seen in _of(ours, name).volumes]
        yield Finding(
            NAME,
            Severity.WARNING,
            f"The engine holds {len(volumes)} volumes with data of {name}, which has no data directory any more.",
            "Its database and files are in them; the passwords that went with them are lost.",
            f"If nobody needs them: docker volume rm {' '.join(volumes)}",
        )


def one_offs(ours: Observed) -> Iterator[Finding]:
    """Judge one-off containers that have ended, or never began: each goes by itself when its command ends."""
    ended = [seen for seen in ours.containers if labels.ONE_OFF in seen.labels and seen.state in _ENDED]
    ended = [seen for seen in ended if _owner(seen) not in {_TEMPLATE, bed.NAME}]
    if ended:
        yield Finding(
            NAME,
            Severity.WARNING,
            f"One-off containers are left: {', '.join(seen.name for seen in ended)}.",
            "Their commands were cut off before they could be destroyed.",
            _FIX,
            teardown.remove(Observed(tuple(ended)), cause=_CAUSE),
            "root",
        )


def _templates(facts: Facts) -> Iterator[Finding]:
    root = facts.data.root
    names = facts.ports.disk.names(root.templates) if root else ()
    for key in (name.removesuffix(_MAKING) for name in names if name.endswith(_MAKING)):
        lock = f"template-{key}"
        if root and not facts.data.is_locked(root.lock_path(lock)):
            yield unsealed(root.templates / f"{key}{_MAKING}", _of(facts.ours, _TEMPLATE), lock)


def unsealed(working: Path, theirs: Observed, lock: str) -> Finding:
    """Judge a template that nobody is making any more."""
    return Finding(
        NAME,
        Severity.WARNING,
        f"A template is half made: {working}.",
        f"The command that made it was cut off; it left {_count(theirs)} as well. The next create starts it anew.",
        _FIX,
        teardown.remove(theirs, cause=_CAUSE) + Plan.of([RemoveTree(working, cause=_CAUSE)]),
        lock,
    )


def _tests(facts: Facts) -> Iterator[Finding]:
    root = facts.data.root
    for run in bed.runs(facts.ports.disk, root) if root else ():
        lock = bed.lock_name(run.name)
        if root and not facts.data.is_locked(root.lock_path(lock)):
            theirs = _of(facts.ours, bed.NAME, run.name)
            yield Finding(
                NAME,
                Severity.WARNING,
                f"A run of tests was cut off; it left {_count(theirs)}, and {run}.",
                "The next datacats test removes them as well.",
                _FIX,
                teardown.discard(theirs, (run,), cause=_CAUSE),
                lock,
            )


def _archive(facts: Facts) -> Iterator[Finding]:
    root = facts.data.root
    if root is None or facts.data.is_locked(root.lock_path(_BASE_LOCK)):
        return
    archive = root.lock_path(_BASE_ARCHIVE)
    if facts.ports.disk.entry(archive):
        yield Finding(
            NAME,
            Severity.WARNING,
            f"A base image was not finished: {archive}.",
            "The command that made it was cut off.",
            _FIX,
            Plan.of([RemoveTree(archive, cause=_CAUSE)]),
            _BASE_LOCK,
        )


def _owners(facts: Facts) -> tuple[str, ...]:
    """Any directory counts: an environment that is half made has no more than that."""
    return (_TEMPLATE, bed.NAME, *facts.ports.disk.names(facts.data.home))


def _of(ours: Observed, environment: str, site: str | None = None) -> Observed:
    def is_theirs(seen: ContainerSeen | NetworkSeen | VolumeSeen) -> bool:
        return _owner(seen) == environment and site in {None, seen.labels.get(labels.SITE)}

    return Observed(
        tuple(filter(is_theirs, ours.containers)),
        tuple(filter(is_theirs, ours.networks)),
        tuple(filter(is_theirs, ours.volumes)),
    )


def _owner(seen: ContainerSeen | NetworkSeen | VolumeSeen) -> str:
    return seen.labels.get(labels.ENVIRONMENT, "")


def _count(observed: Observed) -> str:
    return f"{len(observed.containers)} containers and {len(observed.networks)} networks"
