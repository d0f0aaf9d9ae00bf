"""What a user must know after an installation of extensions that are there and do not work, or are there still."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datacats.model.environment import Environment
from datacats.model.extension import Extension
from datacats.model.ports import Disk
from datacats.store import ckan_ini, extensions
from datacats.store.extensions import normalise
from datacats.workflows import plugins
from datacats.workflows.plugins import Packages


def of_leavers(own: Sequence[Extension], leaving: Sequence[str]) -> Iterator[str]:
    """Say of what goes and lies in the source directory that it is still there."""
    for each in own:
        if normalise(each.name) in leaving:
            place = place_of(each.directory)
            away = f" To be rid of it, move {place} away, then: datacats install." if each.directory else ""
            yield (
                f"{each.name} is disabled, and still there: it lies in the source directory ({place}).{away}"
                f" To enable it again: datacats install {place}"
            )


def of_disabled(ini: bytes, own: Sequence[Extension], packages: Packages, names: Sequence[str]) -> Iterator[str]:
    """Say which plugins of packages are not enabled that an installation by name would enable."""
    enabled = ckan_ini.plugins(ini)
    places = {normalise(each.name): place_of(each.directory) for each in own}
    for name in names:
        off = [plugin for plugin in plugins.wanted(name, packages) if plugin not in enabled]
        if off:
            them = "it" if len(off) == 1 else "them"
            yield f"Not enabled: {' '.join(off)}. Enable {them}: datacats install {places.get(name, name)}"


def of_links(disk: Disk, environment: Environment) -> Iterator[str]:
    """Say of extensions that are only links in the source directory that they are left out."""
    for name in extensions.links(disk, environment.source):
        yield (
            f"Warning: ./{name} is left out: it is a link, and containers do not see where it leads."
            " Move or clone the extension there in its place, then: datacats install"
        )


def place_of(directory: str) -> str:
    """Return how a directory below the source directory is typed there."""
    return f"./{directory}" if directory else "."
