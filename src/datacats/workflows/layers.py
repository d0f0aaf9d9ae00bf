"""Have the layer of installed extensions that a source directory and its lock describe."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datacats.apply import apply
from datacats.errors import CommandFailed
from datacats.model.environment import Environment, SiteContext
from datacats.model.event import Events
from datacats.model.extension import Extension, KeptBack, Lock, Unbuilt
from datacats.model.plan import MakeDirectory, MovePath, Operation, PlaceFile, Plan, RemoveTree
from datacats.services.builder import LAY
from datacats.store import documents, layer
from datacats.workflows import builder, complaint, ours, placement
from datacats.workflows.workspace import Workspace

_FORMAT = "1"
"""Raised when a layer's content changes for the same lock."""

_ANEW = ".anew"
"""What the second of two layers for one lock is called beyond the first: one is laid while the other is in use."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A lock, the source's own packages, and the newer releases that a pin ruled out.

    ``asked`` is whether a container was asked for it just now.
    """

    lock: Lock
    own: tuple[Extension, ...]
    kept: tuple[KeptBack, ...] = ()
    asked: bool = False


def digest(lock: Lock, own: Sequence[Extension]) -> str:
    """Return what names a layer: a digest of all that decides its content. Empty when there is nothing in it."""
    if not lock.packages and not own:
        return ""
    parts = [_FORMAT, lock.ckan, lock.packages, *sorted(f"{each.directory} {each.digest}" for each in own)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def is_of(name: str, lock: Lock, own: Sequence[Extension]) -> bool:
    """Whether a layer of that name holds what a lock and the source's own packages describe."""
    return name.removesuffix(_ANEW) == digest(lock, own)


def ensure(
    workspace: Workspace, context: SiteContext, resolution: Resolution, events: Events, *, anew: bool = False
) -> str:
    """Return the name of the layer, made if it is not there. The caller holds the environment's lock.

    With ``anew`` it is made in any case, beside the one in use, which stays as it is. Raises Unresolvable, with what
    was said, when its packages cannot be fetched or built.
    """
    lock, own = resolution.lock, resolution.own
    name = _name(workspace, context, resolution, anew=anew)
    disk = workspace.ports.disk
    target = context.environment.layer(name)
    if name:
        placement.refuse_extensions(context, written=bool(lock.packages))
    if not name or (disk.entry(target) is not None and not anew):
        return name
    making = target.with_name(f"{name}.making")
    owner = (context.host.uid, context.host.gid)
    cause = "no layer for this lock yet"
    steps: list[Operation] = [RemoveTree(making, cause="an earlier run was interrupted")]
    steps += [MakeDirectory(making, owner, 0o755, cause=cause)]
    if lock.packages:
        if not resolution.asked:
            builder.prepare(workspace, context, events)
        steps = [*ours.remove_one_offs(workspace, context, {LAY}), *steps]
        steps.append(builder.lay(workspace, context, lock.packages, making))
    steps += _own_files(making, own, owner)
    steps += [RemoveTree(target, cause="it is not in use, and made anew")] if disk.entry(target) is not None else []
    steps.append(MovePath(making, target, cause="the layer is complete"))
    try:
        apply(Plan.of(steps), workspace.ports, events)
    except CommandFailed as error:
        raise complaint.explained(error.detail) from error
    return name


def _name(workspace: Workspace, context: SiteContext, resolution: Resolution, *, anew: bool) -> str:
    name = digest(resolution.lock, resolution.own)
    current = layer.current(workspace.ports.disk, context.environment)
    if not name or not is_of(current, resolution.lock, resolution.own):
        return name
    if not anew:
        return current
    return name if current.endswith(_ANEW) else f"{name}{_ANEW}"


def use(workspace: Workspace, context: SiteContext, name: str, events: Events) -> None:
    """Write down which layer is in use."""
    environment, disk = context.environment, workspace.ports.disk
    before = layer.current(disk, environment)
    if before == name:
        return
    path, content = layer.pointer(environment, name)
    owner = (context.host.uid, context.host.gid)
    apply(Plan.of([PlaceFile(path, content, owner, cause="another layer is in use")]), workspace.ports, events)


def remove_unused(workspace: Workspace, environment: Environment, events: Events) -> None:
    """Remove layers that no container mounts any more: all but the one in use."""
    disk = workspace.ports.disk
    kept = {layer.current(disk, environment)}
    layers = environment.data / "layers"
    unused = [name for name in disk.names(layers) if name not in kept and not name.startswith("described-")]
    apply(Plan.of(RemoveTree(layers / name, cause="not in use") for name in unused), workspace.ports, events)


def described(
    workspace: Workspace, context: SiteContext, found: Sequence[Extension | Unbuilt]
) -> tuple[list[Extension], list[Unbuilt]]:
    """Return the packages whose metadata is known, and those whose metadata must be built."""
    disk = workspace.ports.disk
    known: list[Extension] = []
    unknown: list[Unbuilt] = []
    for each in found:
        if isinstance(each, Extension):
            known.append(each)
        elif disk.entry(_description(context, each)) is not None:
            told = documents.read(disk, _description(context, each), _decode)
            requires = tuple(dict.fromkeys([*told.requires, *each.requires]))
            known.append(replace(told, requires=requires, left_out=each.left_out))
        else:
            unknown.append(each)
    return known, unknown


def describe(
    workspace: Workspace, context: SiteContext, unknown: Sequence[Unbuilt], built: dict[str, Any], events: Events
) -> None:
    """Keep what builds told about packages, for the next time."""
    owner = (context.host.uid, context.host.gid)
    cause = "its metadata had to be built"
    steps: list[Operation] = [MakeDirectory(context.environment.data / "layers", owner, cause=cause)]
    for each in unknown:
        told = documents.text({**built[each.directory], "directory": each.directory, "digest": each.digest})
        steps.append(PlaceFile(_description(context, each), told, owner, cause=cause))
    if unknown:
        apply(Plan.of(steps), workspace.ports, events)


def _description(context: SiteContext, each: Unbuilt) -> Path:
    return context.environment.data / "layers" / f"described-{each.directory}-{each.digest[:16]}.json"


def _decode(record: dict[str, Any]) -> Extension:
    return Extension(
        directory=str(record["directory"]),
        digest=str(record["digest"]),
        name=str(record["name"]),
        version=str(record["version"]),
        requires=tuple(map(str, record["requires"])),
        entry_points={group: dict(points) for group, points in record["entry_points"].items()},
        root=str(record["root"]),
    )


def _own_files(making: Path, own: Sequence[Extension], owner: tuple[int, int]) -> list[Operation]:
    cause = "its code is read where it lies"
    files = {making / path: content for each in own for path, content in layer.editable(each).items()}
    places = sorted({path.parent for path in files if path.parent != making})
    directories: list[Operation] = [MakeDirectory(place, owner, 0o755, cause=cause) for place in places]
    return [*directories, *(PlaceFile(path, content, owner, 0o644, cause=cause) for path, content in files.items())]
