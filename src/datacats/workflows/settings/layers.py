"""The layers that CKAN's settings come in, and what is in force in the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from datacats.errors import EngineError
from datacats.model.environment import SiteContext
from datacats.model.masking import masked
from datacats.services import ini, postgres, web
from datacats.services.common import RUN, run_directory
from datacats.store import environment_file, ini_file, secrets_ini, site_file, source, toml_settings
from datacats.workflows import rendered
from datacats.workflows.workspace import Workspace

DEFAULT = "default"
SITE = "site"
VARIABLE = "process variable"
DATABASE = "database"

_ENVVARS = "envvars"
"""The plugin that takes settings from process variables."""
_PREFIXES = {"CKAN___": "", "CKAN__": "ckan.", "CKANEXT__": "ckanext."}
_STORED = "SELECT json_object_agg(key, value) FROM system_info WHERE state = 'active' AND key <> 'ckan.config_update'"
_UNSEEN = "PostgreSQL does not run: settings that were changed on the site's own pages are not seen."


@dataclass(frozen=True, slots=True)
class Place:
    """A place that sets a setting: of which kind it is, where it is, and the value there, secrets masked.

    ``line`` is that of a file that people edit, else 0.
    """

    source: str
    where: str
    value: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.where}:{self.line}" if self.line else self.where


@dataclass(frozen=True, slots=True)
class Layer:
    """One source of settings, and the lines that they stand in, where people edit it."""

    source: str
    where: str
    values: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InForce:
    """What CKAN goes by. ``layers`` are the strongest first; ``broken`` are values that CKAN stops at, with its words.

    ``remark`` says what could not be seen.
    """

    layers: tuple[Layer, ...]
    values: Mapping[str, str]
    broken: Mapping[str, str]
    remark: str = ""

    def places(self, key: str) -> tuple[Place, ...]:
        """Return the places that set a setting, the one that wins first: its value is as CKAN reads it."""
        layers = [each for each in self.layers if key in each.values]
        values = [self.values.get(key, ""), *(each.values[key] for each in layers[1:])]
        return tuple(
            Place(layer.source, layer.where, masked(key, value), layer.lines.get(key, 0))
            for layer, value in zip(layers, values, strict=False)
        )


def in_force(workspace: Workspace, context: SiteContext, choices: bytes | None = None) -> InForce:
    """Return what CKAN goes by, with ``choices`` in place of the source's ``ckan.ini``. No container is needed.

    Raises ConfigError for a file that cannot be read.
    """
    disk, directory = workspace.ports.disk, context.environment.source
    content = source.read_ini(disk, directory) if choices is None else choices
    files = source.chain(disk, directory, content)
    own = _own_ini(workspace, context, content)
    seen = [(str(Path(web.PROJECT) / path.parent.relative_to(directory)), text) for path, text in reversed(files)]
    merged = ini_file.merged((*seen, (RUN, own)))
    database, remark = _database(workspace, context)
    above = (database, _variables(workspace, context, merged.values))
    layers = (*above, *_site(workspace, context, own), *(_file(path.name, path, text) for path, text in files))
    values = {**merged.values, **above[1].values, **above[0].values}
    return InForce(layers, values, merged.broken, remark)


def _own_ini(workspace: Workspace, context: SiteContext, choices: bytes) -> bytes:
    disk, environment, site = workspace.ports.disk, context.environment, context.site.name
    secrets = site_file.read_secrets(disk, environment, site)
    return ini.render(context, secrets, choices, rendered.own_secrets(disk, environment, site))


def _site(workspace: Workspace, context: SiteContext, own: bytes) -> tuple[Layer, Layer]:
    """What datacats sets for a site, and what its user keeps secret; the first wins."""
    disk, environment, site = workspace.ports.disk, context.environment, context.site.name
    path = secrets_ini.path(environment, site)
    kept = _file(secrets_ini.NAME, path, secrets_ini.read(disk, environment, site))
    written = _file(SITE, run_directory(context, web.SERVICE) / source.INI, own)
    values = {key: value for key, value in written.values.items() if kept.values.get(key) != value}
    return replace(written, values=values, lines={}), kept


def _file(kind: str, path: Path, content: bytes) -> Layer:
    values = ini_file.settings(path, content)
    shown = {key: value.replace("%%", "%") for key, value in values.items() if key not in ini_file.NOT_SETTINGS}
    return Layer(kind, str(path), shown, ini_file.lines(content))


def _variables(workspace: Workspace, context: SiteContext, values: Mapping[str, str]) -> Layer:
    """The plugin envvars has variables beat every file. CKAN's own variables cannot be in ``datacats.toml``."""
    file = context.environment.source / environment_file.NAME
    if _ENVVARS not in values.get("ckan.plugins", "").split():
        return Layer(VARIABLE, str(file), {})
    lines = toml_settings.lines(workspace.ports.disk.read(file))
    named = {key: variable for variable in context.environment.env if (key := setting_of(variable))}
    found = {key: context.environment.env[variable] for key, variable in named.items()}
    return Layer(VARIABLE, str(file), found, {key: lines.get(f"env.{each}", 0) for key, each in named.items()})


def setting_of(variable: str) -> str:
    """Return the setting that the plugin envvars takes from a process variable; empty for any other variable."""
    for prefix, start in _PREFIXES.items():
        if variable.startswith(prefix):
            rest = variable.removeprefix(prefix)
            return rest if not start and "__" not in rest else start + rest.replace("__", ".").lower()
    return ""


def _database(workspace: Workspace, context: SiteContext) -> tuple[Layer, str]:
    """What administrators have changed on the site's pages beats all else."""
    unseen = Layer(DATABASE, "", {})
    name = postgres.container(context)
    command = postgres.psql("ckan", ("-At", "-c", _STORED))
    try:
        there = {each.name: each for each in workspace.ports.engine.containers.list(name=name)}
        if name not in there or not there[name].running:
            return unseen, _UNSEEN
        done = workspace.ports.engine.containers.execute(name, command)
    except EngineError as error:
        return unseen, f"{error.message} {_UNSEEN.partition(': ')[2].capitalize()}"
    if done.exit_code:
        return unseen, _UNSEEN
    found = {key: str(value) for key, value in json.loads(done.stdout.strip() or b"{}").items()}
    return Layer(DATABASE, f"{context.site.url}/ckan-admin/config", found), ""
