"""What is installed in an environment: extensions, where they come from, and which plugins are enabled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacats.model.environment import Environment
from datacats.model.extension import Extension
from datacats.model.new_extension import PLUGINS_OF_CKAN
from datacats.services import ini
from datacats.store import ckan_ini, extensions, layer, lock_file, source
from datacats.workflows import plugins
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class InstalledExtension:
    """One extension: ``origin`` is its directory in the source, a git address, or ``index``."""

    name: str
    version: str
    origin: str
    plugins: tuple[str, ...]
    enabled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions of an environment, and enabled plugins that neither they nor CKAN itself have."""

    name: str
    extensions: tuple[InstalledExtension, ...]
    missing: tuple[str, ...]


def extensions_of(reference: str | None, workspace: Workspace) -> Extensions:
    """Return what is installed. Raises NotFound, ConfigError."""
    environment = workspace.find(reference)
    disk = workspace.ports.disk
    enabled = ckan_ini.plugins(source.check_ini(disk, environment.source, ini.OWNED))
    found = tuple(_found(workspace, environment, enabled))
    known = {plugin for each in found for plugin in each.plugins}
    missing = tuple(name for name in enabled if name not in known | PLUGINS_OF_CKAN)
    return Extensions(environment.name, found, missing)


def _found(workspace: Workspace, environment: Environment, enabled: tuple[str, ...]) -> Iterator[InstalledExtension]:
    disk = workspace.ports.disk
    current = layer.current(disk, environment)
    packages = layer.installed(disk, environment.layer(current)) if current else {}
    lock = lock_file.read(disk, environment.source)
    origins = lock_file.origins(lock.packages) if lock is not None else {}
    for each in extensions.find(disk, environment.source):
        if isinstance(each, Extension):
            origins = {**origins, extensions.normalise(each.name): f"./{each.directory}"}
    for name, (version, _) in sorted(packages.items()):
        offered = plugins.of_package(name, packages)
        if offered or name.startswith("ckanext-"):
            yield InstalledExtension(
                name,
                version,
                origins.get(name, "index"),
                offered,
                tuple(plugin for plugin in offered if plugin in enabled),
            )
