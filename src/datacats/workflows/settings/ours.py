"""The settings of datacats's own: what ``datacats.toml`` says, what the site was given, the process variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacats.model.environment import SiteContext
from datacats.model.masking import masked
from datacats.model.settings import GIVEN, KEYS, VARIABLES
from datacats.store import environment_file, toml_settings
from datacats.workflows.settings.layers import DEFAULT, VARIABLE, Place
from datacats.workflows.workspace import Workspace

COMMAND_LINE = "command line"
DATACATS, CKAN = "datacats", "CKAN"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: whose it is, CKAN's or our own, its value, secrets masked, and the places that set it.

    The first of ``places`` wins; a default has none.
    """

    key: str
    of: str
    value: str
    source: str = DEFAULT
    places: tuple[Place, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether nothing sets it."""
        return self.source == DEFAULT


def settings(workspace: Workspace, context: SiteContext) -> tuple[Setting, ...]:
    """Return all of them, defaults too."""
    return (*_of_file(workspace, context), *_given(context), *_variables(workspace))


def _of_file(workspace: Workspace, context: SiteContext) -> Iterator[Setting]:
    path = context.environment.source / environment_file.NAME
    content = workspace.ports.disk.read(path)
    written, lines = toml_settings.flat(content), toml_settings.lines(content)
    for key, known in KEYS.items():
        there = [name for name in written if name == key or name.startswith(f"{key}.")]
        for name in there:
            value = masked(name, written[name])
            yield set_by(name, DATACATS, Place(environment_file.NAME, str(path), value, lines.get(name, 0)))
        if not there:
            yield Setting(key, DATACATS, known.default or "")


def _given(context: SiteContext) -> Iterator[Setting]:
    site, where = context.site, str(context.directory / "site.json")
    usual = {key: each.default for key, each in GIVEN.items()}
    for key in GIVEN:
        value = getattr(site, key)
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        chosen = site.port_chosen if key == "port" else shown != usual[key]
        if chosen:
            yield set_by(key, DATACATS, Place(COMMAND_LINE, where, shown))
        else:
            yield Setting(key, DATACATS, shown)


def _variables(workspace: Workspace) -> Iterator[Setting]:
    for name in VARIABLES:
        value = workspace.env.get(name)
        if value:
            yield set_by(name, DATACATS, Place(VARIABLE, name, masked(name, value)))
        else:
            yield Setting(name, DATACATS, "")


def set_by(key: str, of: str, *places: Place) -> Setting:
    """Return a setting that places set, the strongest first."""
    return Setting(key, of, places[0].value, places[0].source, places)
