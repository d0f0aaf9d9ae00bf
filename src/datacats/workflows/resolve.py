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
from datacats.workflows import builder, layers, plugins
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
    sought = Sought(extensions.find(disk, source), lock_file.read(disk, source), upgrade)
    return resolve_sought(workspace, context, sought, events)


def resolve_sought(workspace: Workspace, context: SiteContext, sought: Sought, events: Events) -> Resolution:
    """Return the exact packages for what ``context``'s environment asks for and what was found. Raises Unresolvable."""
    environment, found, lock, upgrade = context.environment, sought.found, sought.lock, sought.upgrade
    own, unknown = layers.described(workspace, context, found)
    request = request_for(context, found)
    if lock is not None and lock.request == request.digest and not upgrade and not unknown:
        return Resolution(lock, tuple(own))
    directories = tuple(each.directory for each in found)
    if not (request.asked or unknown or any(each.requires for each in own)):
        return Resolution(Lock(request.ckan, request.digest, "", directories), tuple(own))
    question = {
        **_question(request, own, unknown, lock),
        "named": [each for each in environment.extensions if plugins.name_of(each, "") and not sought.testing],
        "upgrade": list(upgrade),
        "held": list(sought.held),
        "testing": sought.testing,
    }
    answer = builder.ask(workspace, context, question, events)
    layers.describe(workspace, context, unknown, answer["described"], events)
    own, _ = layers.described(workspace, context, found)
    kept = tuple(KeptBack(**{**each, "pins": tuple(each["pins"])}) for each in answer["kept"])
    return Resolution(Lock(request.ckan, request.digest, answer["packages"], directories), tuple(own), kept, asked=True)


def request_for(context: SiteContext, found: Sequence[Extension | Unbuilt]) -> Request:
    """Return the request that a lock is made for."""
    environment = context.environment
    names = [plugins.name_of(each, "") for each in environment.extensions]
    names += [extensions.normalise(each.name) for each in found if isinstance(each, Extension)]
    unnamed = [each for name in names if name in catalogue() for each in catalogue()[name].requires]
    return Request(
        ckan=context.site.images.web.version,
        asked=(*environment.extensions, *unnamed),
        overrides=environment.overrides,
        own=tuple((each.directory, each.digest) for each in found),
    )


def _line(ckan: str) -> str:
    return ckan.rpartition(".")[0]


def _question(
    request: Request, own: Sequence[Extension], unknown: Sequence[Unbuilt], lock: Lock | None
) -> dict[str, Any]:
    return {
        "asked": request.asked,
        "overrides": request.overrides,
        "requires": [line for each in own for line in each.requires]
        + [line for each in unknown for line in each.requires],
        "unbuilt": [each.directory for each in unknown],
        "locked": lock.packages if lock is not None and _line(lock.ckan) == _line(request.ckan) else "",
    }
