"""Extensions: Python code beside CKAN's own, in the source directory or from an index, installed as one layer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Lifted:
    """A version that CKAN pins and another that is installed in its place, because an override says so.

    ``pin`` is empty where it is not known which version CKAN pins: that of a release without a lock in this package.
    """

    name: str
    pin: str
    version: str

    def __str__(self) -> str:
        pin = f"CKAN's pin {self.name}=={self.pin}" if self.pin else f"What CKAN pins of {self.name}"
        why = "overrides in datacats.toml"
        return f"{pin} is lifted by {why}: {self.version} is installed. CKAN was not tested with it."


@dataclass(frozen=True, slots=True)
class Change:
    """A change of what is installed that was proven, and is being carried out.

    ``files`` are files of the source directory, by name, before and after, None where there is none; ``layers`` the
    layers in use before and after; ``sites`` those that ran. ``asked`` is what was asked for, and ``told`` what will be
    told of it when it is done. ``back`` is one that undoes another which failed.
    """

    files: Mapping[str, tuple[bytes | None, bytes | None]]
    layers: tuple[str, str]
    sites: tuple[str, ...]
    asked: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    back: bool = False

    @property
    def undone(self) -> Change:
        """The change that brings back what was."""
        files = {name: (after, before) for name, (before, after) in self.files.items()}
        return replace(self, files=files, layers=self.layers[::-1], asked={}, told={}, back=True)
