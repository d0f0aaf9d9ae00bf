"""Which services a site has: those that are always there, and those that are switched on and off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from datacats.model.environment import Environment, Mode, Site
from datacats.model.names import BACKING_SERVICES, BESIDE_WEB


@dataclass(frozen=True, slots=True)
class Switch:
    """A service that a site may have. ``usual`` says when it is there although ``datacats.toml`` does not say so.

    ``plugin`` is the plugin whose program it runs, and ``package`` the extension that has it; empty for CKAN's own.
    """

    what: str
    usual: str
    by_default: Callable[[Environment, Site], bool]
    plugin: str = ""
    package: str = ""


def _never(_environment: Environment, _site: Site) -> bool:
    return False


def _with_memory(_environment: Environment, site: Site) -> bool:
    return not site.low_memory


def _in_development(_environment: Environment, site: Site) -> bool:
    return site.mode is Mode.DEVELOPMENT


def _with_entries(environment: Environment, _site: Site) -> bool:
    return bool(environment.cron)


_HARVEST = ("harvest", "ckanext-harvest")

SWITCHES: Mapping[str, Switch] = {
    "worker": Switch("runs the background jobs of CKAN", "on, but for --low-memory sites", _with_memory),
    "mail": Switch("catches every mail of a development site", "on in development", _in_development),
    "cron": Switch("runs the [cron] entries of datacats.toml", "on where there are entries", _with_entries),
    "harvest-gather": Switch("finds what harvest sources have (ckanext-harvest)", "off", _never, *_HARVEST),
    "harvest-fetch": Switch("fetches what was found there (ckanext-harvest)", "off", _never, *_HARVEST),
}
"""The services that ``[services]`` of ``datacats.toml`` switches, and that an extension may need."""


def is_on(service: str, environment: Environment, site: Site) -> bool:
    """Whether a site has that service."""
    if service not in SWITCHES:
        return service == "web" or service in BACKING_SERVICES
    if service == "cron" and not environment.cron:
        return False
    chosen = environment.services.get(service)
    return SWITCHES[service].by_default(environment, site) if chosen is None else chosen


def services_of(environment: Environment, site: Site) -> tuple[str, ...]:
    """Return the services that a site has, in the order in which people read them."""
    return ("web", *BACKING_SERVICES, *(each for each in BESIDE_WEB if is_on(each, environment, site)))
