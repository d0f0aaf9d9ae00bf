"""Install extensions: resolve them together, lay them down, enable them, and bring every site to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from datacats.errors import NotFound
from datacats.model.environment import Environment, SiteContext
from datacats.model.event import Events, ignore
from datacats.model.extension import Change, KeptBack, Lifted, Lock
from datacats.model.nearest import did_you_mean
from datacats.model.plan import Plan
from datacats.services import catalogue
from datacats.services import ini as site_ini
from datacats.store import change_file, environment_file, layer, locate, lock_file, source
from datacats.store.extensions import normalise
from datacats.workflows import beside, changeover, complaint, layers, own, placement, plugins, remarks, resolve
from datacats.workflows.foresee import Foreseen
from datacats.workflows.layers import Resolution
from datacats.workflows.lifted import lifted
from datacats.workflows.plugins import Choice, Packages
from datacats.workflows.sites import newest
from datacats.workflows.workspace import Workspace

Texts = Mapping[str, bytes | None]
"""Files of the source directory by their names."""


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
    that were brought to it; ``lifted`` are pins of CKAN that overrides lift.
    """

    name: str
    packages: Mapping[str, str]
    enabled: tuple[str, ...]
    disabled: tuple[str, ...]
    kept: tuple[KeptBack, ...]
    notes: tuple[str, ...]
    lifted: tuple[Lifted, ...]
    sites: tuple[str, ...]
    changed: bool


def install(wanted: InstallOptions, workspace: Workspace, events: Events = ignore) -> Installed:
    """Install extensions; with nothing named, what the source directory holds and its lock says.

    Raises Unresolvable when they cannot be had together, Conflict for two with one plugin, and whatever stops CKAN with
    them; either way the source directory and the sites are as before.
    """
    found = workspace.find(wanted.reference)
    with workspace.lock_environment(found, events):
        cut = changeover.carry_on(workspace, found, events)
        if cut is not None and cut.asked == _asked(wanted):
            return _decode(cut.told)
        environment = locate.describe(workspace.ports.disk, workspace.root, found.source)
        return _install(wanted, workspace, environment, events)


def _install(wanted: InstallOptions, workspace: Workspace, found: Environment, events: Events) -> Installed:
    context = newest(workspace, found)
    placement.refuse_extensions(context, written=False)
    before = _texts(workspace, found)
    lock = lock_file.read(workspace.ports.disk, found.source, merged=resolve.ALL in wanted.upgrade)
    environment = replace(found, extensions=_extensions(workspace, context, lock, wanted))
    context = replace(context, environment=environment)
    resolution = resolve.resolve(workspace, context, wanted.upgrade, events)
    _refuse_twins(resolution)
    if wanted.enable:
        _refuse_faulty(context, resolution)
    name = layers.ensure(workspace, context, resolution, events, anew=wanted.clean)
    packages = layer.installed(workspace.ports.disk, environment.layer(name)) if name else {}
    plugins.refuse_twins(packages)
    laid = _Laid(packages, resolution, lock)
    choice = _choose(workspace, context, laid, wanted)
    choice = replace(choice, notes=(*choice.notes, *_remarks(workspace, context, laid, wanted, choice.ini)))
    after = _new_texts(environment, before, resolution, choice, found.extensions)
    changed = name != context.layer or after != before
    if changed:
        sites = changeover.prove(workspace, replace(context, layer=name), choice.ini, events)
    else:
        sites, changed = changeover.bring(workspace, environment, events)
    done = Installed(
        name=environment.name,
        packages={package: version for package, (version, _) in packages.items()},
        enabled=choice.enabled,
        disabled=choice.disabled,
        kept=resolution.kept,
        notes=choice.notes,
        lifted=lifted(environment, resolution.lock),
        sites=sites,
        changed=changed,
    )
    if name != context.layer or after != before:
        files = {path: (before[path], after[path]) for path in after}
        change = Change(files, (context.layer, name), sites, _asked(wanted), asdict(done))
        changeover.carry_out(workspace, environment, change, events)
    return done


def _asked(wanted: InstallOptions) -> dict[str, Any]:
    """What is asked for, as it is written down: the same words name the same change."""
    asked: dict[str, Any] = json.loads(json.dumps(asdict(replace(wanted, reference=None))))
    return asked


def _decode(told: Mapping[str, Any]) -> Installed:
    texts = {key: tuple(told[key]) for key in ("enabled", "disabled", "notes", "sites")}
    kept = tuple(KeptBack(**{**each, "pins": tuple(each["pins"])}) for each in told["kept"])
    pins = tuple(Lifted(**each) for each in told["lifted"])
    return Installed(told["name"], told["packages"], kept=kept, lifted=pins, changed=True, **texts)


def plan_install(wanted: InstallOptions, workspace: Workspace, events: Events = ignore) -> Foreseen:
    """Return in words what ``install`` would change, after resolving for real; nothing is written or enabled."""
    found = workspace.find(wanted.reference)
    cut = change_file.read(workspace.ports.disk, found)
    if cut is not None:
        more = () if cut.asked == _asked(wanted) else ("see what there is to do then",)
        return Foreseen(Plan(), ("carry on with the change of what is installed that was interrupted", *more))
    context = newest(workspace, found)
    lock = lock_file.read(workspace.ports.disk, found.source, merged=resolve.ALL in wanted.upgrade)
    context = replace(context, environment=replace(found, extensions=_extensions(workspace, context, lock, wanted)))
    resolution = resolve.resolve(workspace, context, wanted.upgrade, events)
    _refuse_twins(resolution)
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
    there = set(lock.own if lock is not None else ())
    words += [f"install ./{each.directory}" for each in resolution.own if each.directory not in there]
    same = not (wanted.clean or wanted.remove) and layers.is_of(context.layer, resolution.lock, resolution.own)
    if words or not same:
        enabled = "disable what goes" if wanted.remove else "enable what is new"
        words += [f"{enabled} in ckan.ini", "migrate the tables of each site that runs", "replace its web"]
        words = [*map(str, lifted(found, resolution.lock)), *words]
    return Foreseen(Plan(), tuple(words))


def _refuse_twins(resolution: Resolution) -> None:
    """Raise Conflict for two of the source's own packages with one plugin, before anything is fetched."""
    plugins.refuse_twins({normalise(each.name): (each.version, each.entry_points) for each in resolution.own})


def _refuse_faulty(context: SiteContext, resolution: Resolution) -> None:
    """Raise Unresolvable for a release that is known not to run on the site's CKAN, before it is tried."""
    ckan = context.site.images.web.version
    for name, version in lock_file.versions(resolution.lock.packages).items():
        known = catalogue.catalogue().get(name)
        for fault in known.faults if known else ():
            if "/" not in version and fault.hits(ckan, version):
                raise complaint.Unresolvable(
                    f"{name} {version} does not run on CKAN {ckan}: {fault.why}.",
                    f"Nothing was changed. A release after {fault.until} may do; --no-enable installs this one.",
                )


@dataclass(frozen=True, slots=True)
class _Laid:
    """What lies in the new layer, what was resolved for it, and the lock as it was before."""

    packages: Packages
    resolution: Resolution
    before: Lock | None


def _texts(workspace: Workspace, environment: Environment) -> Texts:
    """Return the files of the source directory that an installation may change."""
    disk = workspace.ports.disk
    paths = [environment.source / name for name in (environment_file.NAME, lock_file.NAME, source.INI)]
    return {path.name: disk.read(path) if disk.entry(path) is not None else None for path in paths}


def _extensions(
    workspace: Workspace, context: SiteContext, lock: Lock | None, wanted: InstallOptions
) -> tuple[str, ...]:
    """Return what the environment asks for from now on.

    Raises NotFound for what is to go and is not there, and for a word that means nothing that can be installed.
    """
    mine = own.of(workspace, context, lock)
    locked = lock.packages if lock is not None else ""
    names = {plugins.key_of(each, locked): each for each in context.environment.extensions}
    for word in wanted.remove:
        name = mine.package(word) or normalise(word)
        if names.pop(name, None) is None and name not in mine.installed:
            there = sorted({*names, *mine.installed})
            raise NotFound(
                f"{word} is not installed in {context.environment.name} (there is: {', '.join(there) or 'nothing'}).",
                did_you_mean(name, there, "See: datacats extensions"),
            )
    for each in wanted.add:
        if mine.directory(each) is None:
            mine.refuse(workspace.ports.disk, each)
            names[plugins.key_of(each, locked)] = each
    return tuple(names.values())


def _choose(workspace: Workspace, context: SiteContext, laid: _Laid, wanted: InstallOptions) -> Choice:
    """Enable what is new, or was asked for by name; disable what goes."""
    disk, environment = workspace.ports.disk, context.environment
    ini = source.check_ini(disk, environment.source, site_ini.OWNED)
    resolution, lock = laid.resolution, laid.before
    mine = own.of(workspace, context, lock)
    was = {*lock_file.names(lock.packages), *mine.installed} if lock is not None else set()
    leaving = [mine.package(each) or normalise(each) for each in wanted.remove]
    gone = plugins.disable(ini, leaving, layer.installed(disk, environment.layer(context.layer)))
    if not wanted.enable or not laid.packages:
        return gone
    locked = resolution.lock.packages
    asked = {plugins.key_of(each, locked): each for each in environment.extensions}
    named = {mine.package(each) or plugins.key_of(each, locked) for each in wanted.add}
    first = [normalise(each.name) for each in resolution.own]
    fresh = [each for each in dict.fromkeys([*first, *asked]) if each in named or each not in was]
    come = plugins.enable(gone.ini, [each for each in fresh if each not in leaving], laid.packages, first)
    choice = come.after(gone)
    left_out = [f"Left out of what is installed: {line}" for each in resolution.own for line in each.left_out]
    return replace(choice, notes=(*choice.notes, *beside.notes(workspace, environment, choice), *left_out))


def _remarks(
    workspace: Workspace, context: SiteContext, laid: _Laid, wanted: InstallOptions, ini: bytes
) -> Iterator[str]:
    environment, resolution = context.environment, laid.resolution
    mine = own.of(workspace, context, laid.before)
    leaving = [mine.package(each) or normalise(each) for each in wanted.remove]
    yield from remarks.of_links(workspace.ports.disk, environment)
    yield from remarks.of_leavers(resolution.own, leaving)
    if wanted.enable:
        asked = [plugins.key_of(each, resolution.lock.packages) for each in environment.extensions]
        names = dict.fromkeys([*(normalise(each.name) for each in resolution.own), *asked])
        there = [each for each in names if each not in leaving]
        yield from remarks.of_disabled(ini, resolution.own, laid.packages, there)


def _new_texts(
    environment: Environment, before: Texts, resolution: Resolution, choice: Choice, had: tuple[str, ...]
) -> Texts:
    content = before[environment_file.NAME] or b""
    mine = {normalise(each.name) for each in resolution.own}
    asked = tuple(each for each in environment.extensions if each in had or plugins.key_of(each, "") not in mine)
    if asked != had:
        content = environment_file.with_value(content, "extensions", asked)
    content = beside.changed(content, environment, choice)
    lock = lock_file.content(resolution.lock) if resolution.lock.packages or resolution.own else None
    return {environment_file.NAME: content, lock_file.NAME: lock, source.INI: choice.ini}
