"""What is known of common extensions: see ``extensions.toml`` beside this file."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Fault:
    """Releases of an extension that do not run: those up to ``until``, on lines of CKAN from ``since`` on."""

    since: str
    until: str
    why: str

    def hits(self, ckan: str, version: str) -> bool:
        """Whether that release does not run on that CKAN."""
        return _numbers(ckan) >= _numbers(self.since) and _numbers(version) <= _numbers(self.until)


@dataclass(frozen=True, slots=True)
class Known:
    """A known extension: the plugins that ``install`` enables, and what else it needs.

    ``requires`` are requirements that some of its releases need and do not name.
    ``settings`` are choices for the source's ``ckan.ini``; ``site`` are settings that each site owns, as formats over
    what a site knows; ``token`` is a setting that holds an API token of the site's own user; ``services`` are switched
    on, and ``cron`` maps commands to the times at which they run; ``needs`` says in words what datacats cannot bring;
    ``faults`` are releases that are known not to run.
    """

    package: str
    plugins: tuple[str, ...]
    requires: tuple[str, ...] = ()
    place: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    site: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    services: tuple[str, ...] = ()
    cron: Mapping[str, str] = field(default_factory=dict)
    needs: str = ""
    faults: tuple[Fault, ...] = ()


@cache
def catalogue() -> Mapping[str, Known]:
    """Return what is known, by the package's name as indexes compare it."""
    text = (files(__package__) / "extensions.toml").read_text("utf-8")
    return {package: _known(package, entry) for package, entry in tomllib.loads(text).items()}


def of_plugins(plugins: tuple[str, ...]) -> tuple[Known, ...]:
    """Return the known extensions of which a plugin is enabled."""
    return tuple(known for known in catalogue().values() if set(known.plugins) & set(plugins))


def _known(package: str, entry: Mapping[str, Any]) -> Known:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    values["faults"] = tuple(Fault(**each) for each in entry.get("faults", ()))
    return Known(package, **values)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
