"""Have installed what a source directory describes: for a new site, and to see whether an old one lags behind."""

from __future__ import annotations

from dataclasses import replace

from datacats.apply import apply
from datacats.model.environment import SiteContext
from datacats.model.event import Events, Said
from datacats.model.plan import PlaceFile, Plan
from datacats.store import extensions, lock_file
from datacats.workflows import builder, layers, resolve
from datacats.workflows.workspace import Workspace


def follow(workspace: Workspace, context: SiteContext, events: Events) -> SiteContext:
    """Return the context with the layer in use that the source directory describes; it is made if it is not there.

    The caller holds the environment's lock. Raises Unresolvable where there is no lock file and none can be made.
    """
    builder.ensure_packages(workspace, context, events)
    resolution = resolve.resolve(workspace, context, (), events)
    name = layers.ensure(workspace, context, resolution.lock, resolution.own, events)
    path = context.environment.source / lock_file.NAME
    content = lock_file.content(resolution.lock)
    disk = workspace.ports.disk
    if name and (disk.entry(path) is None or disk.read(path) != content):
        owner = (context.host.uid, context.host.gid)
        apply(Plan.of([PlaceFile(path, content, owner, 0o644, cause="what is installed")]), workspace.ports, events)
    layers.use(workspace, context, name, events)
    return replace(context, layer=name)


def tell_lag(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Say so when the source directory describes another layer than the one in use."""
    disk, environment = workspace.ports.disk, context.environment
    own, unknown = layers.described(workspace, context, extensions.find(disk, environment.source))
    lock = lock_file.read(disk, environment.source)
    if lock is None and not (own or unknown or environment.extensions):
        return
    if lock is None or unknown or layers.digest(lock, own) != context.layer:
        words = "What the source directory asks for is not what is installed. Install it: datacats install -e"
        events(Said(f"{words} {environment.name}"))
