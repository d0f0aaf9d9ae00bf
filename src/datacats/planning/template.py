"""Make a template: a sealed, secret-free database and search core that new sites start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from datacats.model.plan import (
    CloneTree,
    Flush,
    MakeDirectory,
    MovePath,
    Operation,
    Plan,
    RemoveTree,
    RemoveVolume,
    RunOneOff,
    RunSql,
)
from datacats.model.service import ContainerSpec, VolumeSpec

PARTS = ("postgres", "solr", "files")
"""The parts of a site that a template holds; the queue of a new site is empty."""

SCRUB_CKAN = """\
DELETE FROM api_token;
DELETE FROM "user";
VACUUM FULL "user";
"""

SCRUB_CLUSTER = """\
ALTER ROLE ckan PASSWORD NULL;
ALTER ROLE datastore_ro PASSWORD NULL;
VACUUM FULL pg_authid;
CHECKPOINT;
"""


@dataclass(frozen=True, slots=True)
class TemplateSteps:
    """What the steps of a template are made of, described by the services room.

    ``discard`` are the volumes that hold secrets or what a template has no need of.
    """

    initialise: ContainerSpec
    start: Plan
    first_roles: RunSql
    migrate: Sequence[ContainerSpec]
    scrub: Sequence[RunSql]
    stop: Plan
    discard: Sequence[VolumeSpec] = ()


def make(working: Path, sealed: Path, made: Path, steps: TemplateSteps) -> Plan:
    """Plan a template. ``made`` is the site directory inside ``working`` that becomes ``sealed``.

    The rename is the seal: a template that has its name is complete.
    """
    migrations: list[Operation] = [
        RunOneOff(spec, what="migrate both databases", cause="tables of a new site") for spec in steps.migrate
    ]
    return Plan.of(
        [
            RunOneOff(steps.initialise, what="make a database cluster", cause="a new cluster"),
            *steps.start,
            steps.first_roles,
            *migrations,
            *steps.scrub,
            *steps.stop,
            *(RemoveVolume(each.name, cause="a template holds no secret") for each in steps.discard),
            RemoveTree(made / "run", cause="a template holds no secret"),
            RemoveTree(made / "redis", cause="the queue of a new site is empty"),
            RemoveTree(made / "mail", cause="a new site has sent none"),
            Flush(made, cause="what is sealed must outlive a power cut"),
            MovePath(made, sealed, cause="no template for these images yet"),
            RemoveTree(working, cause="the template is sealed"),
        ]
    )


def directories(site: Path, owner: tuple[int, int], cause: str) -> tuple[MakeDirectory, ...]:
    """Return the steps that make the directories which services write to, or read their private files from.

    CKAN's own storage is among them: a directory of files that holds nothing has been emptied.
    """
    parts = ("run/web", "run/redis", "redis", "mail", *PARTS, "files/storage")
    return tuple(MakeDirectory(path=site / part, owner=owner, cause=cause) for part in parts)


def populate(template: Path, site: Path, owner: tuple[int, int], there: Mapping[str, bool]) -> Plan:
    """Plan to give a new site its parts; ``there`` says which it has already."""
    return Plan.of(
        CloneTree(source=template / part, target=site / part, owner=owner, cause="a new site starts from the template")
        for part in PARTS
        if not there[part]
    )
