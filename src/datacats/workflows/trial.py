"""Try a ``ckan.ini`` out before it is in the source directory, where a development server follows it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from datacats.apply import apply
from datacats.model.environment import Placement, SiteContext
from datacats.model.event import Events
from datacats.model.plan import MakeDirectory, Operation, PlaceFile, Plan, RemoveTree, RemoveVolume
from datacats.model.service import ContainerSpec
from datacats.services import files, trial, volumes, web
from datacats.services.common import run_directory, run_part, volume
from datacats.store import site_file
from datacats.workflows import rendered
from datacats.workflows.workspace import Workspace

_CAUSE = "CKAN is tried out with another ckan.ini"


class OneOff(Protocol):
    """Describes a one-off container for a command."""

    def __call__(self, command: tuple[str, ...], *, purpose: str) -> ContainerSpec:
        """Describe one."""


def as_it_is(context: SiteContext) -> OneOff:
    """Return what describes one-off containers that see the source directory as it is."""
    return partial(web.one_off, context)


@contextmanager
def shown(workspace: Workspace, context: SiteContext, coming: bytes | None, events: Events) -> Iterator[OneOff]:
    """Give what describes one-off containers that see ``coming`` as ``ckan.ini``; None means the source as it is.

    The private files that are made for them are removed in the end.
    """
    if coming is None:
        yield as_it_is(context)
        return
    apply(_placed(context, _rendered(workspace, context, coming), coming), workspace.ports, events)
    try:
        yield partial(trial.one_off, context)
    finally:
        apply(_removed(context), workspace.ports, events)


def _rendered(workspace: Workspace, context: SiteContext, coming: bytes) -> Mapping[Path, bytes]:
    """Web's private files as they would be."""
    disk, environment, site = workspace.ports.disk, context.environment, context.site.name
    secrets = site_file.read_secrets(disk, environment, site)
    texts = files.run_files(context, secrets, coming, rendered.own_secrets(disk, environment, site))
    place = run_directory(context, trial.NAME)
    return {place / path.name: content for path, content in texts.items() if path.parent.name == web.SERVICE}


def _placed(context: SiteContext, texts: Mapping[Path, bytes], coming: bytes) -> Plan:
    owner = (context.host.uid, context.host.gid)
    steps: list[Operation] = [MakeDirectory(run_directory(context, trial.NAME), owner, cause=_CAUSE)]
    if context.site.placement is Placement.BIND:
        steps += [PlaceFile(path, content, owner, cause=_CAUSE) for path, content in texts.items()]
    else:
        steps += [volumes.fill(context, part, each, cause=_CAUSE) for part, each in volumes.archives(texts).items()]
    return Plan.of([*steps, PlaceFile(trial.shown(context), coming, owner, 0o644, cause=_CAUSE)])


def _removed(context: SiteContext) -> Plan:
    cause = "it was tried out"
    steps: list[Operation] = [RemoveTree(run_directory(context, trial.NAME), cause=cause)]
    if context.site.placement is not Placement.BIND:
        steps.append(RemoveVolume(volume(context, run_part(trial.NAME)).name, cause=cause))
    return Plan.of(steps)
