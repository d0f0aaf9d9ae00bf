"""Which plugins an installation enables or disables, and with which settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from datacats.errors import Conflict
from datacats.model.extension import PLUGINS, EntryPoints
from datacats.services import catalogue
from datacats.services.catalogue import Known
from datacats.store import ckan_ini
from datacats.store.extensions import normalise

Packages = Mapping[str, tuple[str, EntryPoints]]
"""Package, by its name as indexes compare it -> version and entry points."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The new ``ckan.ini``, what was enabled and disabled in it, and what a user must know.

    ``services`` says which services are switched on or off with it, ``cron`` which commands run from now on, and when:
    those that no longer do have no time.
    """

    ini: bytes
    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    services: Mapping[str, bool] = field(default_factory=dict)
    cron: Mapping[str, str] = field(default_factory=dict)

    def after(self, gone: Choice) -> Choice:
        """Return this choice with one that was made before it."""
        services, cron = {**gone.services, **self.services}, {**gone.cron, **self.cron}
        return replace(self, disabled=gone.disabled, services=services, cron=cron)


def enable(ini: bytes, newcomers: Iterable[str], packages: Packages, own: Iterable[str]) -> Choice:
    """Enable the plugins of packages that are new. The source's ``own`` come first: they override the others'."""
    enabled = list(ckan_ini.plugins(ini))
    there = tuple(enabled)
    settings: dict[str, str] = {}
    notes: list[str] = []
    services: dict[str, bool] = {}
    cron: dict[str, str] = {}
    for name in newcomers:
        known = catalogue.catalogue().get(name)
        fresh = [each for each in wanted(name, packages) if each not in enabled]
        enabled = [*fresh, *enabled] if name in own else [*enabled, *fresh]
        settings |= known.settings if known else {}
        services |= dict.fromkeys(known.services if known else (), True)
        cron |= known.cron if known else {}
        notes += _notes(name, known, of_package(name, packages))
    enabled.sort(key=lambda plugin: plugin in _last())
    new = tuple(each for each in enabled if each not in there)
    if not new and not set(settings) - set(ckan_ini.settings(ini)):
        return Choice(ini, notes=tuple(notes), services=services, cron=cron)
    return Choice(ckan_ini.changed(ini, enabled, settings), new, notes=tuple(notes), services=services, cron=cron)


def disable(ini: bytes, leavers: Iterable[str], packages: Packages) -> Choice:
    """Disable the plugins of packages that go, and take out the settings that came with them, unless they differ.

    A service that another enabled extension needs stays on.
    """
    enabled = ckan_ini.plugins(ini)
    settings = ckan_ini.settings(ini)
    gone: list[str] = []
    keys: list[str] = []
    services: dict[str, bool] = {}
    cron: dict[str, str] = {}
    for name in leavers:
        gone += [each for each in of_package(name, packages, tests=True) if each in enabled]
        known = catalogue.catalogue().get(name)
        keys += [key for key, value in (known.settings if known else {}).items() if settings.get(key) == value]
        services |= dict.fromkeys(known.services if known else (), False)
        cron |= dict.fromkeys(known.cron if known else (), "")
    kept = [each for each in enabled if each not in gone]
    needed = {service for known in catalogue.of_plugins(tuple(kept)) for service in known.services}
    services = {service: on for service, on in services.items() if service not in needed}
    if not gone and not keys:
        return Choice(ini, services=services, cron=cron)
    return Choice(ckan_ini.changed(ini, kept, {}, keys), disabled=tuple(gone), services=services, cron=cron)


def refuse_twins(packages: Packages) -> None:
    """Raise Conflict for two packages that have a plugin of one name: CKAN loads one, and is silent about the other."""
    seen: dict[str, str] = {}
    for name in sorted(packages):
        for plugin in of_package(name, packages):
            twin = seen.setdefault(plugin, name)
            if twin != name:
                raise Conflict(
                    f"{twin} and {name} both have a plugin {plugin}: CKAN would load only one of them.",
                    "Take one of them out, or name its plugin otherwise in its pyproject.toml or setup.py.",
                )


def wanted(name: str, packages: Packages) -> tuple[str, ...]:
    """Return the plugins of a package that are enabled when it is installed: of a known one those that work alone."""
    known, offered = catalogue.catalogue().get(name), of_package(name, packages)
    return tuple(each for each in (known.plugins if known else offered) if each in offered)


def of_package(name: str, packages: Packages, *, tests: bool = False) -> tuple[str, ...]:
    """Return the plugins of a package; those that lie among its tests only when asked for."""
    points = packages[name][1].get(PLUGINS, {}) if name in packages else {}
    return tuple(plugin for plugin, target in points.items() if tests or ".tests" not in target)


def name_of(requirement: str, locked: str) -> str:
    """Return the package that a requirement means; one that is only an address is looked up among the locked."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?=[\[@<>=!~;\s]|$)", requirement)
    if found is not None:
        return normalise(found[1])
    place = _place(requirement)
    for name, target in re.findall(r"^([A-Za-z0-9._-]+) @ (\S+)", locked, re.MULTILINE):
        if _place(target) == place:
            return normalise(name)
    return ""


def key_of(requirement: str, locked: str) -> str:
    """Return what two requirements for one package have in common: its name, or where it lies if nothing tells that."""
    return name_of(requirement, locked) or "#".join(_place(requirement))


def _place(address: str) -> tuple[str, str]:
    """Return the repository of an address, whichever of its commits, and the directory in it."""
    where, _, fragment = address.strip().partition("#")
    repository = re.match(r"[^/]*//(?:[^/@]*@)?[^/@]*/[^@]*", where)
    told = dict(each.partition("=")[::2] for each in fragment.split("&"))
    return repository[0] if repository else where, told.get("subdirectory", "")


def _notes(name: str, known: Known | None, offered: Sequence[str]) -> list[str]:
    notes = [f"{name} also needs {known.needs}: it is not tested."] if known is not None and known.needs else []
    if not offered:
        notes.append(f"{name} has no plugin; nothing was enabled for it.")
    return notes


def _last() -> set[str]:
    return {plugin for known in catalogue.catalogue().values() if known.place == "last" for plugin in known.plugins}
