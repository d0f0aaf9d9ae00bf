"""The parts of a site brought to their places: files in the data directory, or volumes of the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datacats.model.environment import Placement, SiteContext
from datacats.model.names import STATE
from datacats.model.observed import Observed
from datacats.model.plan import CreateVolume, Operation, PlaceFile, Plan
from datacats.planning import template
from datacats.services import volumes, web
from datacats.services.common import volume
from datacats.workflows import ours
from datacats.workflows.template import Template
from datacats.workflows.workspace import Workspace

_LEFT_OUT = frozenset({".git", "__pycache__"})


def populate(workspace: Workspace, context: SiteContext, start: Template) -> Plan:
    """Plan to give a new site the parts that it lacks, as a template has them."""
    disk, owner = workspace.ports.disk, (context.host.uid, context.host.gid)
    if context.site.placement is Placement.BIND:
        there = {part: disk.entry(context.directory / part) is not None for part in template.PARTS}
        return template.populate(start.path, context.directory, owner, there)
    operations: list[Operation] = [*ours.remove_one_offs(workspace, context, {volumes.PURPOSE})]
    for part in STATE:
        if disk.entry(mark(context, part)) is None:
            operations += _cloned(context, start, part)
    return Plan.of(operations)


def _cloned(context: SiteContext, start: Template, part: str) -> Iterator[Operation]:
    cause = "a new site starts from the template"
    spec = volume(context, part)
    yield CreateVolume(spec, cause=cause)
    if part in template.PARTS:
        yield volumes.clone(context, start.context, part, cause=cause)
    yield _marked(context, part, "")


@dataclass(frozen=True, slots=True)
class Private:
    """What containers of a site only read: private files, and an archive of the source where that is copied."""

    texts: Mapping[Path, bytes]
    source: bytes = b""


def copied(workspace: Workspace, context: SiteContext) -> bytes:
    """Return an archive of the source directory where it has to be copied: all but links and what git keeps."""
    if context.site.placement is not Placement.COPIES:
        return b""
    return volumes.archive(dict(_below(workspace, context.environment.source, "")), 0o644)


def private(workspace: Workspace, context: SiteContext, wanted: Private, observed: Observed) -> Plan:
    """Plan to bring what containers only read to its place."""
    if context.site.placement is Placement.BIND:
        return _files(workspace, context, wanted.texts)
    contents = volumes.archives(wanted.texts)
    if context.site.placement is Placement.COPIES:
        contents[web.SOURCE] = wanted.source
    there = {seen.name for seen in observed.volumes}
    steps = (step for part in contents for step in _filled(workspace, context, part, contents[part], there))
    return ours.left(observed, {volumes.PURPOSE}) + Plan.of(steps)


def _below(workspace: Workspace, directory: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    disk = workspace.ports.disk
    for name in disk.names(directory):
        entry = disk.entry(directory / name)
        if entry is None or name in _LEFT_OUT:
            continue
        if entry.kind == "directory":
            yield from _below(workspace, directory / name, f"{prefix}{name}/")
        elif entry.kind == "file":
            yield f"{prefix}{name}", disk.read(directory / name)


def mark(context: SiteContext, part: str) -> Path:
    """Return the file that says which volume a part lies in: a part that has it is complete."""
    return context.directory / f"{part}.volume"


def _marked(context: SiteContext, part: str, digest: str) -> PlaceFile:
    content = f"{volume(context, part).name}\n{digest}".encode()
    return PlaceFile(mark(context, part), content, (context.host.uid, context.host.gid), cause="it is complete")


def _filled(
    workspace: Workspace, context: SiteContext, part: str, content: bytes, there: set[str]
) -> Iterator[Operation]:
    disk = workspace.ports.disk
    done = _marked(context, part, f"{hashlib.sha256(content).hexdigest()}\n")
    is_there = volume(context, part).name in there
    if is_there and disk.entry(done.path) is not None and disk.read(done.path) == done.content:
        return
    yield volumes.fill(context, part, content, cause="not as described" if is_there else "not there")
    yield done


def _files(workspace: Workspace, context: SiteContext, texts: Mapping[Path, bytes]) -> Plan:
    disk, owner = workspace.ports.disk, (context.host.uid, context.host.gid)
    absent = [
        step for step in template.directories(context.directory, owner, "not there") if disk.entry(step.path) is None
    ]
    placed = [
        PlaceFile(path, content, owner, cause="not as described")
        for path, content in texts.items()
        if disk.entry(path) is None or disk.read(path) != content
    ]
    return Plan.of([*absent, *placed])
