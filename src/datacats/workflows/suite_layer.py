"""The layer that an extension's tests run with: the extension, what it needs, and what its tests need."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datacats.apply import apply
from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.extension import Extension, Lock
from datacats.model.plan import MakeDirectory, PlaceFile, Plan
from datacats.services import testing
from datacats.store import documents, suite
from datacats.workflows import builder, layers, resolve
from datacats.workflows.subject import Subject
from datacats.workflows.workspace import Workspace


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
    wanted = () if subject.extension is None else suite.requirements(workspace.ports.disk, subject.directory)
    asked = (*context.environment.extensions, *testing.PACKAGES, *wanted)
    context = replace(context, environment=replace(context.environment, extensions=asked))
    with workspace.root.lock(workspace.ports.disk, "layers", events=events):
        builder.ensure_packages(workspace, context, events)
        resolution = _resolve(workspace, context, subject, events, anew=anew)
        name = layers.ensure(workspace, context, resolution, events)
    return SuiteLayer(context.environment.layer(name), resolution.own)


def _resolve(
    workspace: Workspace, context: SiteContext, subject: Subject, events: Events, *, anew: bool
) -> layers.Resolution:
    disk = workspace.ports.disk
    request = resolve.request_for(context, subject.found)
    path = _path(context, request.digest, subject.held)
    lock = None if anew or disk.entry(path) is None else documents.read(disk, path, _decode)
    sought = resolve.Sought(subject.found, lock, held=subject.held, testing=True)
    resolution = resolve.resolve_sought(workspace, context, sought, events)
    if resolution.lock != lock:
        _keep(workspace, context, path, resolution.lock, events)
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


def _decode(record: dict[str, Any]) -> Lock:
    own = tuple(map(str, record["own"]))
    return Lock(str(record["ckan"]), str(record["request"]), str(record["packages"]), own)
