"""What is installed in an environment: extensions, where they come from, and which plugins are enabled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from datacats.model.environment import Environment
from datacats.model.event import Events, ignore
from datacats.model.extension import Lifted
from datacats.model.new_extension import PLUGINS_OF_CKAN
from datacats.services import ini
from datacats.store import ckan_ini, extensions, layer, lock_file, source
from datacats.workflows import plugins, resolve, sites
from datacats.workflows.lifted import lifted
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class InstalledExtension:
    """One extension: ``origin`` is its directory in the source, a git address, or ``index``.

    Where the index was asked, ``fits`` is the newest release that goes with CKAN and all else here, ``newest`` the
    newest that there is, and ``pins`` are those that keep that one out. ``gone`` is whether its directory is.
    """

    name: str
    version: str
    origin: str
    plugins: tuple[str, ...]
    enabled: tuple[str, ...]
    fits: str = ""
    newest: str = ""
    pins: tuple[str, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions of an environment, and enabled plugins that neither they nor CKAN itself have.

    ``lifted`` are pins of CKAN that gave way to what is installed.
    """

    name: str
    extensions: tuple[InstalledExtension, ...]
    missing: tuple[str, ...]
    lifted: tuple[Lifted, ...] = ()


def extensions_of(reference: str | None, workspace: Workspace) -> Extensions:
    """Return what is installed. Raises NotFound, ConfigError."""
    environment = workspace.find(reference)
    disk = workspace.ports.disk
    enabled = ckan_ini.plugins(source.check_ini(disk, environment.source, ini.OWNED))
    found = tuple(_found(workspace, environment, enabled))
    known = {plugin for each in found for plugin in each.plugins}
    missing = tuple(name for name in enabled if name not in known | PLUGINS_OF_CKAN)
    return Extensions(environment.name, found, missing, _lifted(workspace, environment))


def with_newer(found: Extensions, workspace: Workspace, events: Events = ignore) -> Extensions:
    """Return the extensions with what the index has newer of them. Raises IndexUnreachable, Unresolvable."""
    with workspace.hold(found.name, events) as environment:
        context = sites.newest(workspace, environment)
        resolution = resolve.resolve(workspace, context, (resolve.ALL,), events)
    fits = lock_file.versions(resolution.lock.packages)
    kept = {extensions.normalise(each.name): each for each in resolution.kept}

    def newer(each: InstalledExtension) -> InstalledExtension:
        if each.origin != "index":
            return each
        best = fits.get(each.name, each.version)
        out = kept.get(each.name)
        return replace(each, fits=best, newest=out.newest if out else best, pins=out.pins if out else ())

    return replace(found, extensions=tuple(map(newer, found.extensions)))


def _lifted(workspace: Workspace, environment: Environment) -> tuple[Lifted, ...]:
    lock = lock_file.read(workspace.ports.disk, environment.source)
    return lifted(environment, lock) if lock is not None else ()


def _found(workspace: Workspace, environment: Environment, enabled: tuple[str, ...]) -> Iterator[InstalledExtension]:
    disk = workspace.ports.disk
    current = layer.current(disk, environment)
    packages = layer.installed(disk, environment.layer(current)) if current else {}
    lock = lock_file.read(disk, environment.source)
    origins = lock_file.origins(lock.packages) if lock is not None else {}
    own = layer.own(disk, environment.layer(current), lock.own) if current and lock is not None else {}
    gone = layer.gone(disk, environment.source, environment.layer(current)) if current else ()
    origins = {**origins, **{name: f"./{directory}" for directory, name in own.items()}}
    for name, (version, _) in sorted(packages.items()):
        offered = plugins.of_package(name, packages)
        if offered or name.startswith("ckanext-"):
            yield InstalledExtension(
                name,
                version,
                origins.get(name, "index"),
                offered,
                tuple(plugin for plugin in offered if plugin in enabled),
                gone=origins.get(name, "").removeprefix("./") in gone,
            )
