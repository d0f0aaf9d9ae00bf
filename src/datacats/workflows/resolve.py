"""From what is asked for to exact packages: the lock of a source directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.extension import Extension, KeptBack, Lock, Request, Unbuilt
from datacats.services.catalogue import catalogue
from datacats.store import extensions, lock_file
from datacats.workflows import builder, layers, lines, plugins
from datacats.workflows.layers import Resolution
from datacats.workflows.workspace import Workspace

ALL = "*"
"""Upgrades every package."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Packages of the source, and the lock of an earlier time, if any.

    ``upgrade`` names packages to take the newest release of; ``held`` are versions that must be kept. With
    ``testing`` CKAN's developers' versions are liked, and nobody is told of newer releases.
    """

    found: Sequence[Extension | Unbuilt]
    lock: Lock | None
    upgrade: Sequence[str] = ()
    held: Sequence[str] = ()
    testing: bool = False


def resolve(workspace: Workspace, context: SiteContext, upgrade: Sequence[str], events: Events) -> Resolution:
    """Return the exact packages for what ``context``'s environment asks for and its source directory holds.

    A lock that was made for the same request is taken as it is, unless ``upgrade`` names packages. Raises
    Unresolvable, and ConfigError or Conflict for a project file that cannot be used.
    """
    disk, source = workspace.ports.disk, context.environment.source
    lock = lock_file.read(disk, source, merged=ALL in upgrade)
    sought = Sought(extensions.find(disk, source), lock, upgrade)
    return resolve_sought(workspace, context, sought, events)


def resolve_sought(workspace: Workspace, context: SiteContext, sought: Sought, events: Events) -> Resolution:
    """Return the exact packages for what ``context``'s environment asks for and what was found.

    Raises Unresolvable, and Conflict for two packages of one name.
    """
    found, lock, upgrade = sought.found, sought.lock, sought.upgrade
    own, unknown = layers.described(workspace, context, found)
    extensions.refuse_twins(own)
    request = request_for(context, found, own)
    if lock is not None and lock.request == request.digest and not upgrade and not unknown:
        return Resolution(lock, tuple(own))
    directories = tuple(each.directory for each in found)
    if not (request.asked or unknown or _required(own, own)):
        return Resolution(Lock(request.ckan, request.digest, "", directories), tuple(own))
    answer = builder.ask(workspace, context, _question(context, request, sought, (own, unknown)), events)
    if unknown:
        layers.describe(workspace, context, unknown, answer["described"], events)
        own, _ = layers.described(workspace, context, found)
        extensions.refuse_twins(own)
        before, request = request, request_for(context, found, own)
        if set(request.asked) - set(before.asked):  # now that its name is known, more is known of what it needs
            return resolve_sought(workspace, context, sought, events)
    kept = tuple(KeptBack(**{**each, "pins": tuple(each["pins"])}) for each in answer["kept"])
    return Resolution(Lock(request.ckan, request.digest, answer["packages"], directories), tuple(own), kept, asked=True)


def request_for(context: SiteContext, found: Sequence[Extension | Unbuilt], own: Sequence[Extension]) -> Request:
    """Return the request that a lock is made for. What is asked for and is the source's ``own`` is there already."""
    environment = context.environment
    mine = [extensions.normalise(each.name) for each in own]
    asked = {each: plugins.name_of(each, "") for each in environment.extensions}
    others = {each: name for each, name in asked.items() if name not in mine}
    names = [name for name in (*others.values(), *mine) if name in catalogue()]
    unnamed = [each for name in names for each in catalogue()[name].requires]
    return Request(
        ckan=context.site.images.web.version,
        asked=(*others, *unnamed),
        overrides=environment.overrides,
        own=tuple((each.directory, each.digest) for each in found),
    )


def _required(packages: Sequence[Extension | Unbuilt], own: Sequence[Extension]) -> list[str]:
    """Return what packages of the source require beside one another."""
    mine = {extensions.normalise(each.name) for each in own}
    return [line for each in packages for line in each.requires if plugins.name_of(line, "") not in mine]


def _question(
    context: SiteContext, request: Request, sought: Sought, packages: tuple[Sequence[Extension], Sequence[Unbuilt]]
) -> dict[str, Any]:
    own, unknown = packages
    locked = sought.lock.packages if sought.lock is not None else ""
    asked = [each for each in context.environment.extensions if each in request.asked]
    upgrade = [each if each == ALL else plugins.name_of(each, locked) for each in sought.upgrade]
    kept = sought.lock is not None and ALL not in upgrade and lines.line(sought.lock.ckan) == lines.line(request.ckan)
    return {
        "asked": request.asked,
        "overrides": request.overrides,
        "requires": _required((*own, *unknown), own),
        "own": [extensions.normalise(each.name) for each in own],
        "unbuilt": [each.directory for each in unknown],
        "locked": locked if kept else "",
        "named": [each for each in asked if plugins.name_of(each, "") and not sought.testing],
        "upgrade": [each for each in upgrade if each],
        "held": list(sought.held),
        "testing": sought.testing,
    }
