"""Check all settings of a site: CKAN's own validators on what is in force, and what CKAN says nothing about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from datacats.errors import ConfigError
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.finding import Severity
from datacats.model.masking import MASK, masked
from datacats.model.names import PRIMARY
from datacats.store import environment_file, source, toml_settings
from datacats.workflows.settings import declared, owned
from datacats.workflows.settings.declared import Declarations
from datacats.workflows.settings.layers import SITE, InForce, Place, in_force, setting_of
from datacats.workflows.workspace import Workspace

_PLUGINS = "ckan.plugins"
_PERCENT = "Write %% for a % sign; %(KEY)s stands for the value of another setting of that file."


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a setting: where it stands, and what mends it. A warning stops nothing."""

    severity: Severity
    where: str
    key: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Validated:
    """What is wrong with the settings of a site. ``good`` says that CKAN can start with them."""

    name: str
    site: str
    good: bool
    problems: tuple[Problem, ...]


def validate(reference: str | None, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY) -> Validated:
    """Return what is wrong. Raises ConfigError for a ``datacats.toml`` that cannot be read: nothing else is known then.

    An ini file that cannot be read is told as the only problem.
    """
    environment = workspace.find(reference)
    context = workspace.context(environment, site)
    try:
        now = in_force(workspace, context)
    except ConfigError as error:
        problems = [Problem(Severity.ERROR, "", "", error.message, error.hint)]
    else:
        asked = declared.ask(workspace, context, now.values, events)
        problems = [*_errors(context, now, asked), *_warnings(workspace, context, now, asked)]
    good = all(each.severity is not Severity.ERROR for each in problems)
    return Validated(environment.name, context.site.name, good, tuple(problems))


def _errors(context: SiteContext, now: InForce, asked: Declarations) -> Iterator[Problem]:
    for key in now.values:
        for place in now.places(key):
            if place.source == source.INI and owned.is_owned(key):
                fix = f"datacats config unset -e {context.environment.name} {key}"
                yield Problem(Severity.ERROR, str(place), key, "It belongs to the site: datacats sets it.", fix)
    for key, words in now.broken.items():
        yield Problem(Severity.ERROR, _where(now, key), key, f"CKAN stops at it: {words}", _PERCENT)
    for plugin, words in asked.problems.items():
        what = f"The plugin {plugin} cannot be loaded: {words}"
        yield Problem(Severity.ERROR, _where(now, _PLUGINS), _PLUGINS, what, "Install what has it, or take it out.")
    for key, words in asked.errors.items():
        fix = f"datacats config explain -e {context.environment.name} {key}"
        yield Problem(Severity.ERROR, _where(now, key), key, f"CKAN refuses {_value(now, key)}: {words}", fix)


def _warnings(workspace: Workspace, context: SiteContext, now: InForce, asked: Declarations) -> Iterator[Problem]:
    for key in sorted(now.values):
        wins, *rest = now.places(key)
        if wins.source == source.INI and wins.value == MASK:
            fix = f"Take the line out, then: datacats config set -e {context.environment.name} {key}"
            yield _warning(wins, key, "It is a secret, in a file that is committed.", fix)
        if wins.source != SITE and asked.find(key) is None and (near := declared.nearest(key, asked.options)):
            yield _warning(wins, key, f"Nobody declares it. Did you mean {near}?")
        known = asked.find(key)
        if known is not None and (words := known.misread(now.values[key])):
            yield _warning(wins, key, f"{now.values[key]}: {words}.")
        for loser in rest:
            if not owned.is_owned(key):
                yield _warning(loser, key, f"It has no effect: {wins} beats it{owned.until(context, key)}.")
    yield from _unused(workspace, context, now)


def _unused(workspace: Workspace, context: SiteContext, now: InForce) -> Iterator[Problem]:
    """Variables that look like settings, where nothing takes settings from variables."""
    if "envvars" in now.values.get(_PLUGINS, "").split():
        return
    path = context.environment.source / environment_file.NAME
    lines = toml_settings.lines(workspace.ports.disk.read(path))
    for variable in context.environment.env:
        if key := setting_of(variable):
            place = Place(environment_file.NAME, str(path), "", lines.get(f"env.{variable}", 0))
            fix = f"datacats config set -e {context.environment.name} {key} VALUE"
            yield _warning(place, f"env.{variable}", "Only the plugin envvars, which is not enabled, reads it.", fix)


def _warning(place: Place, key: str, what: str, fix: str = "") -> Problem:
    return Problem(Severity.WARNING, str(place), key, what, fix)


def _where(now: InForce, key: str) -> str:
    places = now.places(key)
    return str(places[0]) if places else ""


def _value(now: InForce, key: str) -> str:
    return f"the value {masked(key, now.values[key])}" if key in now.values else "to be without it"
