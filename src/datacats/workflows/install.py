"""Install extensions: resolve them together, lay them down, enable them, and bring every site to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from datacats.apply import apply
from datacats.errors import DatacatsError, NotFound
from datacats.model.environment import Environment, SiteContext
from datacats.model.event import Events, ignore
from datacats.model.extension import KeptBack, Lock
from datacats.model.plan import PlaceFile, Plan, RemoveTree
from datacats.services import catalogue, web
from datacats.store import environment_file, layer, locate, lock_file, site_file, source
from datacats.store.extensions import normalise
from datacats.workflows import builder, layers, placement, plugins, resolve, settle, up
from datacats.workflows.foresee import Foreseen
from datacats.workflows.layers import Resolution
from datacats.workflows.plugins import Choice, Packages
from datacats.workflows.sites import complete, newest
from datacats.workflows.workspace import Workspace, observe

Texts = Mapping[Path, bytes | None]


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What to install or to take out.

    ``add`` are requirements as pip reads them, or directories of the source directory; ``remove`` names of packages.
    ``clean`` makes the layer anew from the lock; ``upgrade`` names packages to take the newest release of, ``*``
    meaning all. Without ``enable`` no plugin is enabled.
    """

    reference: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    clean: bool = False
    upgrade: tuple[str, ...] = ()
    enable: bool = True


@dataclass(frozen=True, slots=True)
class Installed:
    """What is installed now, and what was changed.

    ``packages`` maps names to versions; ``kept`` are newer releases that a pin ruled out; ``sites`` those
    that were brought to it.
    """

    name: str
    packages: Mapping[str, str]
    enabled: tuple[str, ...]
    disabled: tuple[str, ...]
    kept: tuple[KeptBack, ...]
    notes: tuple[str, ...]
    sites: tuple[str, ...]
    changed: bool


def install(wanted: InstallOptions, workspace: Workspace, events: Events = ignore) -> Installed:
    """Install extensions; with nothing named, what the source directory holds and its lock says.

    Raises Unresolvable when they cannot be had together, and whatever stops CKAN with them; either way the source
    directory and the sites are as before.
    """
    found = workspace.find(wanted.reference)
    with workspace.lock_environment(found):
        context = newest(workspace, found)
        placement.refuse_extensions(context, written=False)
        before = _texts(workspace, found)
        lock = lock_file.read(workspace.ports.disk, found.source)
        environment = replace(found, extensions=_extensions(workspace, found, lock, wanted))
        context = replace(context, environment=environment)
        resolution = resolve.resolve(workspace, context, wanted.upgrade, events)
        if wanted.enable:
            _refuse_faulty(context, resolution)
        if wanted.clean:
            unmade = RemoveTree(environment.layer(layers.digest(resolution.lock, resolution.own)), cause="--clean")
            apply(Plan.of([unmade]), workspace.ports, events)
        name = layers.ensure(workspace, context, resolution, events)
        packages = layer.installed(workspace.ports.disk, environment.layer(name)) if name else {}
        choice = _choose(workspace, context, _Laid(packages, resolution, lock), wanted)
        after = _new_texts(environment, before, resolution, choice, found.extensions)
        sites: tuple[str, ...] = ()
        if name != context.layer or after != before or wanted.clean:
            sites = _switch(workspace, context, _Change(name, before, after), events)
    return Installed(
        name=environment.name,
        packages={package: version for package, (version, _) in packages.items()},
        enabled=choice.enabled,
        disabled=choice.disabled,
        kept=resolution.kept,
        notes=choice.notes,
        sites=sites,
        changed=name != context.layer or after != before,
    )


def plan_install(wanted: InstallOptions, workspace: Workspace, events: Events = ignore) -> Foreseen:
    """Return in words what ``install`` would change, after resolving for real; nothing is written or enabled."""
    found = workspace.find(wanted.reference)
    context = newest(workspace, found)
    lock = lock_file.read(workspace.ports.disk, found.source)
    context = replace(context, environment=replace(found, extensions=_extensions(workspace, found, lock, wanted)))
    resolution = resolve.resolve(workspace, context, wanted.upgrade, events)
    if wanted.enable:
        _refuse_faulty(context, resolution)
    before = lock_file.versions(lock.packages) if lock is not None else {}
    after = lock_file.versions(resolution.lock.packages)
    words = [f"remove {name} {version}" for name, version in before.items() if name not in after]
    words += [
        f"install {name} {version}" + (f" in place of {before[name]}" if name in before else "")
        for name, version in after.items()
        if before.get(name) != version
    ]
    own = set(lock.own if lock is not None else ())
    words += [f"install ./{each.directory}" for each in resolution.own if each.directory not in own]
    same = not wanted.clean and layers.digest(resolution.lock, resolution.own) == context.layer
    if words or not same:
        words += ["enable what is new in ckan.ini", "migrate the tables of each site that runs", "replace its web"]
    return Foreseen(Plan(), tuple(words))


def _refuse_faulty(context: SiteContext, resolution: Resolution) -> None:
    """Raise Unresolvable for a release that is known not to run on the site's CKAN, before it is tried."""
    ckan = context.site.images.web.version
    for name, version in lock_file.versions(resolution.lock.packages).items():
        known = catalogue.catalogue().get(name)
        for fault in known.faults if known else ():
            if "/" not in version and fault.hits(ckan, version):
                raise builder.Unresolvable(
                    f"{name} {version} does not run on CKAN {ckan}: {fault.why}.",
                    f"Nothing was changed. A release after {fault.until} may do; --no-enable installs this one.",
                )


@dataclass(frozen=True, slots=True)
class _Laid:
    """What lies in the new layer, what was resolved for it, and the lock as it was before."""

    packages: Packages
    resolution: Resolution
    before: Lock | None


@dataclass(frozen=True, slots=True)
class _Change:
    layer: str
    before: Texts
    after: Texts


def _texts(workspace: Workspace, environment: Environment) -> Texts:
    """Return the files of the source directory that an installation may change."""
    disk = workspace.ports.disk
    paths = [environment.source / name for name in (environment_file.NAME, source.INI, lock_file.NAME)]
    return {path: disk.read(path) if disk.entry(path) is not None else None for path in paths}


def _extensions(
    workspace: Workspace, environment: Environment, lock: Lock | None, wanted: InstallOptions
) -> tuple[str, ...]:
    """Return what the environment asks for from now on. Raises NotFound for what is to go and is not there."""
    locked = lock.packages if lock is not None else ""
    names = {plugins.key_of(each, locked): each for each in environment.extensions}
    own = {normalise(each) for each in (lock.own if lock is not None else ())}
    for name in map(normalise, wanted.remove):
        if names.pop(name, None) is None and name not in own:
            there = ", ".join(sorted({*names, *own})) or "nothing"
            raise NotFound(
                f"{name} is not installed in {environment.name} (there is: {there}).", "See: datacats extensions"
            )
    for each in wanted.add:
        if normalise(each.strip("/").removeprefix("./")) not in own and not _is_own(workspace, environment, each):
            names[plugins.key_of(each, locked)] = each
    return tuple(names.values())


def _is_own(workspace: Workspace, environment: Environment, word: str) -> bool:
    """Whether a word is a directory of the source directory; any such directory is installed anyway."""
    place = locate.place(workspace.cwd, word) if "/" in word or word == "." else environment.source / word
    return workspace.ports.disk.entry(place) is not None and place.parent == environment.source


def _choose(workspace: Workspace, context: SiteContext, laid: _Laid, wanted: InstallOptions) -> Choice:
    """Enable what is new, or was asked for by name; disable what goes."""
    disk, environment = workspace.ports.disk, context.environment
    ini = disk.read(environment.source / source.INI)
    resolution, lock = laid.resolution, laid.before
    was = {*lock_file.names(lock.packages), *lock.own} if lock is not None else set()
    gone = plugins.disable(ini, map(normalise, wanted.remove), layer.installed(disk, environment.layer(context.layer)))
    if not wanted.enable or not laid.packages:
        return gone
    locked = resolution.lock.packages
    asked = {plugins.key_of(each, locked): each for each in environment.extensions}
    named = {plugins.key_of(each, locked) for each in wanted.add}
    own = [normalise(each.name) for each in resolution.own]
    fresh = [normalise(each.name) for each in resolution.own if each.directory not in was]
    fresh += [each for each in asked if each in named or each not in set(map(normalise, was))]
    come = plugins.enable(gone.ini, [each for each in fresh if each not in wanted.remove], laid.packages, own)
    return replace(come, disabled=gone.disabled, services={**gone.services, **come.services})


def _new_texts(
    environment: Environment, before: Texts, resolution: Resolution, choice: Choice, had: tuple[str, ...]
) -> Texts:
    toml = environment.source / environment_file.NAME
    content = before[toml] or b""
    if environment.extensions != had:
        content = environment_file.with_value(content, "extensions", environment.extensions)
    for service, on in choice.services.items():
        change = partial(environment_file.with_service, on=True) if on else environment_file.without_service
        if not (on and environment.services.get(service)):
            content = change(content, service)
    lock = lock_file.content(resolution.lock) if resolution.lock.packages or resolution.own else None
    return {toml: content, environment.source / source.INI: choice.ini, environment.source / lock_file.NAME: lock}


def _switch(workspace: Workspace, context: SiteContext, change: _Change, events: Events) -> tuple[str, ...]:
    """Bring every site to the new layer and settings; what fails in one brings all of them back."""
    environment = context.environment
    _place(workspace, context, change.before, change.after, events)
    layers.use(workspace, context, change.layer, events)
    try:
        sites = _bring(workspace, environment, events, prove=True)
    except DatacatsError as error:
        error.hint = "Nothing was changed. Another release may do: datacats install 'NAME==VERSION'"
        _place(workspace, context, change.after, change.before, events)
        layers.use(workspace, context, context.layer, events)
        _bring(workspace, environment, events, prove=False)
        raise
    layers.remove_unused(workspace, context, events)
    return sites


def _bring(workspace: Workspace, environment: Environment, events: Events, *, prove: bool) -> tuple[str, ...]:
    """Bring the sites to what the source directory says: their tables, and web where it runs.

    ``prove`` first runs CKAN with all of it beside the web that serves, so that what breaks it does not stop that.
    """
    brought: list[str] = []
    environment = locate.describe(workspace.ports.disk, workspace.root, environment.source)
    for name in site_file.names(workspace.ports.disk, environment):
        with workspace.lock_site(environment, name):
            context = workspace.context(environment, complete(workspace, environment, name))
            builder.ensure_packages(workspace, context, events)
            if not observe(workspace.ports, environment, name).of(workspace.root.uuid).runs((web.SERVICE,)):
                continue
            if prove:
                settle.settle(workspace, context, events, because="CKAN must start with what is installed")
            up.bring_up(workspace, context, up.Up(), events)
            brought.append(name)
    return tuple(brought)


def _place(workspace: Workspace, context: SiteContext, before: Texts, after: Texts, events: Events) -> None:
    owner = (context.host.uid, context.host.gid)
    cause = "what is installed changed"
    steps = [
        RemoveTree(path, cause=cause) if content is None else PlaceFile(path, content, owner, 0o644, cause=cause)
        for path, content in after.items()
        if content != before[path]
    ]
    apply(Plan.of(steps), workspace.ports, events)
