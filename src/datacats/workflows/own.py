"""The source directory's own packages, by whatever a user calls them: their names, or their directories."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datacats.errors import Conflict, NotFound, UsageError
from datacats.model.environment import SiteContext
from datacats.model.extension import Lock
from datacats.model.ports import Disk
from datacats.store import extensions, layer, locate
from datacats.store.extensions import normalise
from datacats.workflows import layers, plugins
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Own:
    """``names`` maps the directories below ``source`` ("" for itself) to packages.

    A package has no name yet when only its build could tell it. ``gone`` are those that are installed and lie there no
    more, ``installed`` the names of all that are; ``cwd`` is where the user stands.
    """

    source: Path
    cwd: Path
    names: Mapping[str, str]
    gone: Mapping[str, str]
    installed: frozenset[str]

    def directory(self, word: str) -> str | None:
        """Return the directory of the package that a word means; None when it means none that is there."""
        return self._among(self.names, word)

    def package(self, word: str) -> str:
        """Return the name of the package that a word means; empty when it means none, or has no name yet."""
        names = {**self.gone, **self.names}
        directory = self._among(names, word)
        return "" if directory is None else names[directory]

    def refuse(self, disk: Disk, word: str) -> None:
        """Raise for a word that asks for another release of one of these, or means a place that is none of them."""
        name = plugins.name_of(word, "")
        if name and name in self.names.values():
            directory = next(each for each, other in self.names.items() if other == name)
            raise Conflict(
                f"{name} lies in the source directory (./{directory}); no other release can be had beside it.",
                "Leave the version out, or move that directory away.",
            )
        place = self._place(word)
        entry = disk.entry(place) if place else None
        if place is None or (entry is None and not _is_path(word)):
            return
        if entry is None:
            raise NotFound(f"There is no {place}.", self._means)
        if (
            entry.kind == "link"
            or "git+file:" in word
            or (entry.kind == "directory" and extensions.is_package(disk, place))
        ):
            raise UsageError(
                f"{place} is no directory directly below the source directory: containers would not find it.",
                f"Move or clone it to {self.source / place.name.removesuffix('.git')}, then: datacats install",
            )
        what = "it has no pyproject.toml and no setup.py" if entry.kind == "directory" else f"it is a {entry.kind}"
        raise UsageError(f"{place} is no package: {what}.", self._means)

    def _among(self, names: Mapping[str, str], word: str) -> str | None:
        wanted, place = normalise(word), self._place(word)
        by_name = (directory for directory, name in names.items() if name == wanted)
        by_place = (directory for directory in names if self.source / directory == place)
        alike = (directory for directory in names if directory and normalise(directory) == wanted)
        return next((each for found in (by_name, by_place, alike) for each in found), None)

    @property
    def _means(self) -> str:
        return f"Name a package of the index, a git address, or an extension's directory in {self.source}."

    def _place(self, word: str) -> Path | None:
        """Return the path that a word would be; None for what can be no path of this host."""
        if local := re.search(r"(?:^|@\s*)(?:file:(?://)?(/[^#]*)|git\+file:(?://)?(/[^@#]*))", word):
            return Path(local[1] or local[2])
        if re.search(r"[:@]", word):
            return None
        return locate.place(self.cwd, word) if _is_path(word) else self.source / word


def of(workspace: Workspace, context: SiteContext, lock: Lock | None) -> Own:
    """Return the packages that lie in the source directory, and those that are locked and lay there."""
    environment, disk = context.environment, workspace.ports.disk
    locked = lock.own if lock is not None else ()
    laid = layer.own(disk, environment.layer(context.layer), locked) if context.layer else {}
    found = extensions.find(disk, environment.source)
    described, _ = layers.described(workspace, context, found)
    names = {**{each.directory: "" for each in found}, **{each.directory: normalise(each.name) for each in described}}
    names |= {each: laid[each] for each, name in names.items() if not name and each in laid}
    gone = {each: laid.get(each, normalise(each)) for each in locked if each not in names}
    installed = frozenset(name for each, name in {**gone, **names}.items() if each in locked)
    return Own(environment.source, workspace.cwd, names, gone, installed)


def _is_path(word: str) -> bool:
    return "/" in word or word.startswith(".")
