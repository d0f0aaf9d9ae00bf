"""The layer that an extension's tests run with: the extension, what it needs, and what its tests need."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datacats.apply import apply
from datacats.errors import ConfigError, DiskError
from datacats.model.environment import Environment, SiteContext
from datacats.model.event import Events, Said
from datacats.model.extension import Extension, Lock
from datacats.model.plan import MakeDirectory, Operation, PlaceFile, Plan, RemoveTree
from datacats.model.ports import Disk
from datacats.services import testing
from datacats.store import documents, suite
from datacats.workflows import builder, layers, resolve
from datacats.workflows.subject import Subject
from datacats.workflows.workspace import Workspace

_TAKEN = "layer.json"
"""Which layer a run uses, in its directory."""

_ORDER = "last-used.json"
_FEW = 6
"""Layers that are kept beside those in use: two extensions on three CKANs."""


@dataclass(frozen=True, slots=True)
class SuiteLayer:
    """Where the layer lies on the host, and the source's packages in it."""

    path: Path
    own: tuple[Extension, ...]


def ensure(
    workspace: Workspace, context: SiteContext, subject: Subject, events: Events, *, anew: bool = False
) -> SuiteLayer:
    """Have the layer. It is resolved once for the same request; ``anew`` takes the newest releases that fit.

    Raises Unresolvable when its packages cannot be had together.
    """
    needs = suite.Needs()
    if subject.extension is not None:
        needs = suite.requirements(workspace.ports.disk, subject.directory)
    asked = (*context.environment.extensions, *testing.PACKAGES, *needs.wanted)
    context = replace(context, environment=replace(context.environment, extensions=asked))
    with workspace.root.lock(workspace.ports.disk, "layers", events=events):
        builder.ensure_packages(workspace, context, events)
        resolution = _resolve(workspace, context, subject, events, anew=anew)
        name = layers.ensure(workspace, context, resolution, events)
        _take(workspace, context, name, events)
    if resolution.asked:
        for line in (*(line for each in resolution.own for line in each.left_out), *needs.left_out):
            events(Said(f"Left out of what is installed: {line}"))
    return SuiteLayer(context.environment.layer(name), resolution.own)


def _resolve(
    workspace: Workspace, context: SiteContext, subject: Subject, events: Events, *, anew: bool
) -> layers.Resolution:
    disk = workspace.ports.disk
    own, _ = layers.described(workspace, context, subject.found)
    path = _path(context, resolve.request_for(context, subject.found, own).digest, subject.held)
    lock = None if anew or disk.entry(path) is None else documents.read(disk, path, _decode)
    sought = resolve.Sought(subject.found, lock, held=subject.held, testing=True)
    resolution = resolve.resolve_sought(workspace, context, sought, events)
    if resolution.lock != lock:
        _keep(workspace, context, _path(context, resolution.lock.request, subject.held), resolution.lock, events)
    return resolution


def _path(context: SiteContext, request: str, held: Sequence[str]) -> Path:
    digest = hashlib.sha256("\0".join([request, *held]).encode()).hexdigest()
    return context.environment.data / "locks" / f"{digest[:16]}.json"


def _keep(workspace: Workspace, context: SiteContext, path: Path, lock: Lock, events: Events) -> None:
    owner = (context.host.uid, context.host.gid)
    told = {"ckan": lock.ckan, "request": lock.request, "packages": lock.packages, "own": list(lock.own)}
    cause = "resolved for these tests"
    steps = [MakeDirectory(path.parent, owner, cause=cause), PlaceFile(path, documents.text(told), owner, cause=cause)]
    apply(Plan.of(steps), workspace.ports, events)


def _take(workspace: Workspace, context: SiteContext, name: str, events: Events) -> None:
    """Write down that this run uses a layer, and remove layers that no run uses and none has used lately."""
    environment, disk = context.environment, workspace.ports.disk
    owner = (context.host.uid, context.host.gid)
    last = tuple(dict.fromkeys([name, *_last_used(disk, environment)]))[:_FEW]
    texts: dict[Path, dict[str, Any]] = {
        context.directory / _TAKEN: {"layer": name},
        environment.data / _ORDER: {"layers": last},
    }
    steps: list[Operation] = [
        PlaceFile(path, documents.text(told), owner, cause="a run of tests uses it") for path, told in texts.items()
    ]
    kept = {name, *last, *_in_use(disk, environment)}
    there = environment.data / "layers"
    unused = [each for each in disk.names(there) if each not in kept and not each.startswith("described-")]
    steps += [RemoveTree(there / each, cause="others were used since") for each in unused]
    apply(Plan.of(steps), workspace.ports, events)


def _last_used(disk: Disk, environment: Environment) -> tuple[str, ...]:
    path = environment.data / _ORDER
    if disk.entry(path) is not None:
        with suppress(ConfigError):
            return documents.read(disk, path, lambda record: tuple(map(str, record["layers"])))
    return ()


def _in_use(disk: Disk, environment: Environment) -> Iterator[str]:
    """Yield the layers of runs that go on; one that ends just now takes its directory away."""
    for run in disk.names(environment.data / "sites"):
        with suppress(ConfigError, DiskError):
            yield documents.read(disk, environment.site_directory(run) / _TAKEN, lambda record: str(record["layer"]))


def _decode(record: dict[str, Any]) -> Lock:
    own = tuple(map(str, record["own"]))
    return Lock(str(record["ckan"]), str(record["request"]), str(record["packages"]), own)
