"""Bring an environment from one layer of extensions, with its settings, to another: proven first, then carried out.

Nothing that serves is touched until CKAN was seen to start with what is to come. Then all of it is written down before
anything changes, so that whoever comes next can bring what was cut to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datacats.apply import apply
from datacats.errors import DatacatsError
from datacats.model.environment import Environment, Mode, Phase, SiteContext
from datacats.model.event import Events, Said
from datacats.model.extension import Change
from datacats.model.plan import Operation, PlaceFile, Plan, RemoveTree
from datacats.services import web
from datacats.store import change_file, layer, locate, site_file, source
from datacats.workflows import builder, layers, ours, settle, spares, up
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace, observe

_CAUSE = "what is installed changes"


def prove(workspace: Workspace, context: SiteContext, choices: bytes, events: Events) -> tuple[str, ...]:
    """Have each site that runs migrated by a CKAN with the layer of ``context``, and ``choices`` for its ``ckan.ini``.

    What serves meanwhile sees nothing of either. Return these sites; the caller holds the environment's lock.
    """
    proven: list[str] = []
    for site in _running(workspace, context.environment, events):
        with workspace.lock_site(context.environment, site.site.name, events):
            coming = replace(site, layer=context.layer)
            because = "CKAN must start with what is installed"
            try:
                settle.settle(workspace, coming, events, because=because, coming=choices)
            except DatacatsError as error:
                error.hint = f"Nothing was changed. {error.hint}"
                raise
        proven.append(site.site.name)
    return tuple(proven)


def bring(workspace: Workspace, environment: Environment, events: Events) -> tuple[tuple[str, ...], bool]:
    """Bring each site that runs to what is installed already; return them, and whether anything had to be done."""
    brought: dict[str, bool] = {}
    for context in _running(workspace, environment, events):
        with workspace.lock_site(environment, context.site.name, events):
            settled = settle.settle(workspace, context, events)
            changed = bool(up.bring_up(workspace, context, up.Up(proven=settled), events))
        if changed:
            spares.launch(workspace, context)
        brought[context.site.name] = settled or changed
    return tuple(brought), any(brought.values())


def carry_out(workspace: Workspace, environment: Environment, change: Change, events: Events) -> None:
    """Carry a change out, or nothing of it: what fails in one site brings all of them back, and is raised."""
    owner = workspace.owner(environment)
    noted = PlaceFile(change_file.path(environment), change_file.content(change), owner, cause=_CAUSE)
    apply(Plan.of([noted]), workspace.ports, events)
    _carry(workspace, environment, change, events)


def carry_on(workspace: Workspace, environment: Environment, events: Events) -> Change | None:
    """Bring a change that was cut to its end, and return it; None where none was.

    The caller holds the environment's lock. What somebody has changed since is left as it is.
    """
    change = change_file.read(workspace.ports.disk, environment)
    if change is not None:
        events(Said(f"A change of what is installed in {environment.name} was interrupted; now it is carried on."))
        _carry(workspace, environment, change, events)
    return change


def finished(workspace: Workspace, environment: Environment, events: Events) -> Environment:
    """Return the environment without a change that is half done: one that was cut is brought to its end."""
    if change_file.read(workspace.ports.disk, environment) is None:
        return environment
    with workspace.lock_environment(environment, events):
        carry_on(workspace, environment, events)
    return locate.describe(workspace.ports.disk, workspace.root, environment.source)


def _carry(workspace: Workspace, environment: Environment, change: Change, events: Events) -> None:
    over = Plan.of([RemoveTree(change_file.path(environment), cause="it is done")])
    try:
        _replace(workspace, environment, change, events)
    except DatacatsError as error:
        if change.back:
            apply(over, workspace.ports, events)
            raise
        error.hint = f"Nothing was changed. {error.hint}"
        carry_out(workspace, environment, change.undone, events)
        raise
    layers.remove_unused(workspace, environment, events)
    apply(over, workspace.ports, events)


def _replace(workspace: Workspace, environment: Environment, change: Change, events: Events) -> None:
    for context in _sites(workspace, environment, change):
        with workspace.lock_site(environment, context.site.name, events):
            apply(_set_aside(workspace, context, change), workspace.ports, events)
    apply(Plan.of(_placed(workspace, environment, change)), workspace.ports, events)
    environment = locate.describe(workspace.ports.disk, workspace.root, environment.source)
    for context in _sites(workspace, environment, change):
        with workspace.lock_site(environment, context.site.name, events):
            up.bring_up(workspace, context, up.Up(proven=True), events)
        spares.launch(workspace, context)


def _set_aside(workspace: Workspace, context: SiteContext, change: Change) -> Plan:
    """In development a new ``ckan.ini`` is followed at once, on the old layer: what would follow it goes before."""
    before, after = change.files.get(source.INI, (None, None))
    if context.site.mode is not Mode.DEVELOPMENT or before == after:
        return Plan()
    if workspace.ports.disk.read(context.environment.source / source.INI) != before:
        return Plan()
    return ours.clear_ckan(workspace, context, cause=_CAUSE)


def _placed(workspace: Workspace, environment: Environment, change: Change) -> Iterator[Operation]:
    """Yield what is not done yet; a file that is neither as it was nor as it will be is somebody's later work."""
    disk, owner = workspace.ports.disk, workspace.owner(environment)
    before, after = change.layers
    if before != after and layer.current(disk, environment) == before:
        path, content = layer.pointer(environment, after)
        yield PlaceFile(path, content, owner, cause="another layer is in use")
    for name, (old, new) in change.files.items():
        path = environment.source / name
        if old == new or (disk.read(path) if disk.entry(path) is not None else None) != old:
            continue
        if new is None:
            yield RemoveTree(path, cause=_CAUSE)
        else:
            yield PlaceFile(path, new, owner, 0o644, cause=_CAUSE)


def _sites(workspace: Workspace, environment: Environment, change: Change) -> Iterator[SiteContext]:
    """Yield the sites that ran, and are still there and whole."""
    there = site_file.names(workspace.ports.disk, environment)
    for name in change.sites:
        if name in there and (site := site_file.read(workspace.ports.disk, environment, name)).phase is Phase.CREATED:
            yield workspace.context(environment, site)


def _running(workspace: Workspace, environment: Environment, events: Events) -> Iterator[SiteContext]:
    for name in site_file.names(workspace.ports.disk, environment):
        context = workspace.context(environment, complete(workspace, environment, name))
        builder.ensure_packages(workspace, context, events)
        if observe(workspace.ports, environment, name).of(workspace.root.uuid).runs((web.SERVICE,)):
            yield context
