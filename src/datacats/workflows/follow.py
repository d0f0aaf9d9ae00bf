"""Have installed what a source directory describes: for a new site, and to see whether an old one lags behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from datacats.apply import apply
from datacats.model.environment import SiteContext
from datacats.model.event import Events, Said
from datacats.model.extension import Extension, Lock, Unbuilt
from datacats.model.plan import PlaceFile, Plan, RemoveTree
from datacats.store import ckan_ini, extensions, layer, lock_file, source
from datacats.workflows import builder, layers, resolve
from datacats.workflows.lifted import lifted
from datacats.workflows.workspace import Workspace

_PREVIOUS = "previous.lock"


@dataclass(frozen=True, slots=True)
class Ready:
    """A lock and the layer made from it, not in use yet. Without a layer there is nothing to install."""

    lock: Lock
    layer: str


def follow(workspace: Workspace, context: SiteContext, events: Events) -> SiteContext:
    """Return the context with the layer in use that the source directory describes; it is made if it is not there.

    The caller holds the environment's lock. Raises Unresolvable where there is no lock file and none can be made.
    """
    ready = prepare(workspace, context, events)
    if ready.layer:
        place_lock(workspace, context, lock_file.content(ready.lock), events)
    layers.use(workspace, context, ready.layer, events)
    tell_lifted(context, ready.lock, events)
    return replace(context, layer=ready.layer)


def tell_lifted(context: SiteContext, lock: Lock, events: Events) -> None:
    """Say which pins of CKAN give way to what is installed."""
    for each in lifted(context.environment, lock):
        events(Said(f"Warning: {each}"))


def prepare(workspace: Workspace, context: SiteContext, events: Events) -> Ready:
    """Resolve what the source directory describes and make its layer, for the images of ``context``.

    Nothing that is in use changes. Raises Unresolvable.
    """
    builder.ensure_packages(workspace, context, events)
    resolution = resolve.resolve(workspace, context, (), events)
    name = layers.ensure(workspace, context, resolution, events)
    return Ready(resolution.lock, name)


def place_lock(workspace: Workspace, context: SiteContext, content: bytes | None, events: Events) -> None:
    """Write the source's lock file, or remove it, unless it says just that."""
    path, disk = context.environment.source / lock_file.NAME, workspace.ports.disk
    there = disk.read(path) if disk.entry(path) is not None else None
    if there == content:
        return
    owner, cause = (context.host.uid, context.host.gid), "what is installed"
    step = RemoveTree(path, cause=cause) if content is None else PlaceFile(path, content, owner, 0o644, cause=cause)
    apply(Plan.of([step]), workspace.ports, events)


def remember(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Keep the source's lock as it is now for ``prepare_previous``."""
    path, disk = context.environment.source / lock_file.NAME, workspace.ports.disk
    content = disk.read(path) if disk.entry(path) is not None else b""
    owner = (context.host.uid, context.host.gid)
    step = PlaceFile(context.directory / _PREVIOUS, content, owner, cause="a rollback goes back to it")
    apply(Plan.of([step]), workspace.ports, events)


def prepare_previous(workspace: Workspace, context: SiteContext, events: Events) -> Ready:
    """Make the layer of the lock that was remembered; where there is none, of what the source describes."""
    path, disk = context.directory / _PREVIOUS, workspace.ports.disk
    if disk.entry(path) is None:
        return prepare(workspace, context, events)
    builder.ensure_packages(workspace, context, events)
    content = disk.read(path)
    lock = lock_file.parse(content, path) if content else Lock(context.site.images.web.version, "", "", ())
    found = extensions.find(disk, context.environment.source) if content else ()
    own, _ = layers.described(workspace, context, found)
    return Ready(lock, layers.ensure(workspace, context, layers.Resolution(lock, tuple(own)), events))


def tell_lag(workspace: Workspace, context: SiteContext, found: Sequence[Extension | Unbuilt], events: Events) -> None:
    """Say so when the source directory, in which ``found`` lies, describes another layer than the one in use."""
    disk, environment = workspace.ports.disk, context.environment
    lock = lock_file.read(disk, environment.source)
    if _lags(workspace, context, lock, found):
        gone = layer.gone(disk, environment.source, environment.layer(context.layer)) if context.layer else ()
        words = "".join(f"./{each} is gone from the source directory. " for each in gone)
        asks = "What the source directory asks for is not what is installed. Install it: datacats install -e"
        events(Said(f"{words}{asks} {environment.name}"))


def tell_caution(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Say so when the source's ``ckan.ini``, which was checked, holds a trap."""
    words = ckan_ini.caution(workspace.ports.disk.read(context.environment.source / source.INI))
    if words:
        events(Said(words))


def _lags(workspace: Workspace, context: SiteContext, lock: Lock | None, found: Sequence[Extension | Unbuilt]) -> bool:
    """The lock's own version of CKAN counts: that the site runs on another one is told by itself."""
    if lock is None:
        return bool(found or context.environment.extensions)
    own, unknown = layers.described(workspace, context, found)
    asked = replace(resolve.request_for(context, found, own), ckan=lock.ckan)
    return bool(unknown) or lock.request != asked.digest or not layers.is_of(context.layer, lock, own)
