"""The images of datacats on this engine: which there are, who uses them, and how they travel."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from datacats.apply import apply
from datacats.errors import ConfigError, Conflict, ImageMissing
from datacats.model import labels
from datacats.model.event import Events, Said, ignore
from datacats.model.image import ROLES, ImageRef, ImageSet
from datacats.model.observed import ImageSeen
from datacats.model.plan import Operation, Plan
from datacats.model.ports import Moved
from datacats.planning import provision
from datacats.recipes import LINES, resolve_ckan
from datacats.workflows import image_archive, images
from datacats.workflows.carried import carried
from datacats.workflows.image_uses import uses
from datacats.workflows.workspace import Workspace

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LocalImage:
    """An image of datacats on this engine: size in bytes, created in seconds since 1970, and who uses it."""

    name: str
    role: str
    ckan: str
    size: int
    created: int
    current: bool
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, and the names of the images that the engine kept."""

    plan: Plan
    kept: tuple[str, ...] = ()


def every(workspace: Workspace) -> tuple[LocalImage, ...]:
    """Return the images of datacats on this engine. ``current`` is what a new environment would run on."""
    found = uses(workspace)
    current = {str(ref) for line in LINES for ref in _refs(images.wanted(workspace, resolve_ckan(line))[0])}
    return tuple(
        LocalImage(
            name=name,
            role=seen.labels.get(labels.ROLE, ""),
            ckan=seen.labels.get(labels.CKAN, ""),
            size=seen.size,
            created=seen.created,
            current=name in current,
            used_by=tuple(sorted(site for site, names in found.items() if name in names or _is_made_of(name, names))),
        )
        for seen in workspace.ports.engine.images.list()
        for name in sorted(seen.names)
        if _is_ours(seen)
    )


def build(ckan: str, workspace: Workspace, events: Events = ignore) -> ImageSet:
    """Have the images of a CKAN version here, from a registry or built; return their names."""
    return images.ensure(workspace, resolve_ckan(ckan), events)


def build_all(versions: Sequence[str], workspace: Workspace, events: Events = ignore) -> tuple[ImageRef, ...]:
    """Have the images of several CKAN versions here; return their names, each once."""
    found = [ref for version in versions for ref in _refs(build(version, workspace, events))]
    return tuple(dict.fromkeys(found))


def plan_build(versions: Sequence[str], workspace: Workspace) -> Plan:
    """Return what ``build_all`` would do, as far as it can be told before the registry is asked, and do nothing."""
    steps = [step for version in versions for step in images.plan(workspace, resolve_ckan(version))]
    return Plan.of({str(step): step for step in steps}.values())


def lines() -> tuple[str, ...]:
    """Return the lines of CKAN that are supported, newest first."""
    return tuple(LINES)


def push(ckan: str, registry: str, workspace: Workspace, events: Events = ignore) -> tuple[ImageRef, ...]:
    """Send the images of a CKAN version to a registry. Raises ImageMissing when they are not here."""
    apply(plan_push(ckan, registry, workspace), workspace.ports, events)
    return tuple(ref.at(registry) for ref in _here(ckan, workspace))


def plan_push(ckan: str, registry: str, workspace: Workspace) -> Plan:
    """Return what ``push`` would do, and do nothing. Raises what it raises."""
    return provision.push(_here(ckan, workspace), registry)


def registry_of(workspace: Workspace, chosen: str | None) -> str:
    """Return the registry to use: the chosen one, else ``DATACATS_REGISTRY``. Raises ConfigError for none."""
    registry = chosen or workspace.env.get("DATACATS_REGISTRY", "")
    if not registry:
        raise ConfigError("No registry is named.", "Give --registry HOST:PORT, or set DATACATS_REGISTRY.")
    return registry


def save(ckan: str, target: BinaryIO, workspace: Workspace, events: Events = ignore) -> tuple[ImageRef, ...]:
    """Write the images of a CKAN version to one archive. Raises ImageMissing when they are not here."""
    refs = _here(ckan, workspace)
    with carried(f"write the images of CKAN {ckan}", events) as moved:
        for piece in workspace.ports.engine.images.save(refs):
            target.write(piece)
            moved(len(piece))
    return refs


def load(source: BinaryIO, workspace: Workspace, events: Events = ignore) -> tuple[str, ...]:
    """Take in an archive that ``save`` wrote, and that can be read twice; return the names of its images.

    Raises what ``image_archive.names`` raises, before the engine sees anything of it.
    """
    names = image_archive.names(source)
    source.seek(0)
    with carried("take the images in", events, source) as moved:
        workspace.ports.engine.images.load(_pieces(source, moved))
    return names


def prune(workspace: Workspace, events: Events = ignore) -> Pruned:
    """Remove the images of datacats that nobody uses or could go back to, and no new environment would run on.

    One that the engine keeps, because it is in use after all, keeps no other from going.
    """
    removed: list[Operation] = []
    kept: list[str] = []
    for step in plan_prune(workspace):
        try:
            apply(Plan.of([step]), workspace.ports, events)
        except Conflict as error:
            kept.append(str(step).removeprefix("remove image "))
            events(Said(f"{kept[-1]} stays: {error.message}"))
        else:
            removed.append(step)
    return Pruned(Plan.of(removed), tuple(kept))


def plan_prune(workspace: Workspace) -> Plan:
    """Return what ``prune`` would remove, and remove nothing."""
    unused = [ImageRef.parse(each.name) for each in every(workspace) if not each.current and not each.used_by]
    return provision.prune(unused)


def _pieces(source: BinaryIO, moved: Moved) -> Iterator[bytes]:
    while piece := source.read(_CHUNK):
        moved(len(piece))
        yield piece


def _here(ckan: str, workspace: Workspace) -> tuple[ImageRef, ...]:
    wanted, absent = images.wanted(workspace, resolve_ckan(ckan))
    if absent:
        raise ImageMissing(f"{absent[0]} is not here.", f"Make it: datacats images build --ckan {ckan}")
    return _refs(wanted)


def _refs(wanted: ImageSet) -> tuple[ImageRef, ...]:
    return tuple(wanted[role] for role in ROLES)


def _is_ours(seen: ImageSeen) -> bool:
    return labels.RECIPE in seen.labels


def _is_made_of(name: str, used: Collection[str]) -> bool:
    """Whether an image is derived from a used web image: with more packages, or to install extensions for it."""
    tags = [ImageRef.parse(each).tag for each in used if each.startswith("datacats/web:")]
    return any(name.startswith((f"datacats/web:{tag}-", f"datacats/build:{tag}-")) for tag in tags)
