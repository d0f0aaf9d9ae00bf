"""Extensions: Python code beside CKAN's own, in the source directory or from an index, installed as one layer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

PLUGINS = "ckan.plugins"
"""The entry point group by which CKAN finds plugins."""

EntryPoints = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Extension:
    """A package with plugins that lies in the source directory.

    ``directory`` is its path below the source directory; ``root`` the directory below that one which holds its
    Python packages ("" for the directory itself); ``digest`` is over the files that say what it is and needs;
    ``left_out`` are lines of requirements files that cannot be followed.
    """

    directory: str
    digest: str
    name: str
    version: str
    requires: tuple[str, ...] = ()
    entry_points: EntryPoints = field(default_factory=dict)
    root: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def plugins(self) -> tuple[str, ...]:
        """The names under which CKAN finds its plugins."""
        return tuple(self.entry_points.get(PLUGINS, ()))


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A package in the source directory whose metadata only its build program can tell.

    ``requires`` and ``left_out`` are what its requirements files say beside it.
    """

    directory: str
    digest: str
    requires: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked to be installed together: requirements from ``datacats.toml``, and the source's own packages.

    ``overrides`` are requirements that replace CKAN's pins.
    """

    ckan: str
    asked: tuple[str, ...]
    overrides: tuple[str, ...]
    own: tuple[tuple[str, str], ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the whole request, in hex: a lock file with another one is out of date."""
        told = [self.ckan, sorted(self.asked), sorted(self.overrides), sorted(self.own)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lock:
    """What was resolved for a request: requirement lines for pip, each with its hashes or its commit.

    ``own`` are the directories of the source's own packages.
    """

    ckan: str
    request: str
    packages: str
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A release that was not taken because of a pin, and the resolver's words about it."""

    name: str
    chosen: str
    newest: str
    pins: tuple[str, ...]
