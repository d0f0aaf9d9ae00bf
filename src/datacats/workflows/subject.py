"""What is to be tested: an extension of an environment, a repository of its own, or CKAN itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datacats.errors import NotFound, UsageError
from datacats.model.environment import Environment
from datacats.model.extension import Extension, Unbuilt
from datacats.model.image import ImageSet
from datacats.recipes import DEFAULT_CKAN, resolve_ckan
from datacats.store import extensions, locate, lock_file, site_file
from datacats.workflows.workspace import Workspace

NAME = "_tests"
"""The environment that all runs belong to: no user's can have that name."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be tested.

    ``environment`` says what is installed beside it; its data directory is that of all tests. ``extension`` is the
    directory below the source directory, "" for that itself, None for CKAN's own tests. ``found`` are the packages of
    the source; ``images`` those of the environment's site, None where others are to be taken; ``held`` are the
    versions that the environment has locked.
    """

    environment: Environment
    extension: str | None
    found: tuple[Extension | Unbuilt, ...] = ()
    images: ImageSet | None = None
    held: tuple[str, ...] = ()

    @property
    def directory(self) -> Path:
        """What is tested, on the host."""
        return self.environment.source / (self.extension or "")

    def on(self, ckan: str) -> Subject:
        """Return the same on another CKAN: what was locked is of no use there."""
        exact = resolve_ckan(ckan)
        if exact == resolve_ckan(self.environment.ckan):
            return self
        return replace(self, environment=replace(self.environment, ckan=exact), images=None, held=())


def find(workspace: Workspace, word: str | None, reference: str | None) -> Subject:
    """Return what ``word`` (a directory) and ``reference`` (an environment) mean; without them the current directory.

    Raises NotFound where there is no extension, UsageError where there are several.
    """
    disk, cwd = workspace.ports.disk, workspace.cwd
    source = workspace.find(reference).source if reference is not None else None
    start = locate.place(cwd, word) if word is not None else cwd
    if source is not None and word is not None and not extensions.is_package(disk, start):
        start = source / word
    if source is None:
        source = _source_above(workspace, start)
    if source is None:
        return _alone(workspace, start)
    inside = start.relative_to(source).parts if start.is_relative_to(source) else None
    return _of_environment(workspace, source, inside)


def of_ckan(workspace: Workspace) -> Subject:
    """Return CKAN itself; nothing of an environment is installed beside it."""
    return Subject(_environment(workspace, workspace.root.path / NAME / "nothing", DEFAULT_CKAN), None)


def is_extension(workspace: Workspace, word: str) -> bool:
    """Whether a word is a directory with an extension, as seen from the current directory."""
    return extensions.is_package(workspace.ports.disk, locate.place(workspace.cwd, word))


def _source_above(workspace: Workspace, start: Path) -> Path | None:
    try:
        return locate.find_source(workspace.ports.disk, start)
    except NotFound:
        return None


def _environment(workspace: Workspace, source: Path, ckan: str) -> Environment:
    return Environment(NAME, source, workspace.root.path / NAME, workspace.root.uuid, ckan)


def _alone(workspace: Workspace, start: Path) -> Subject:
    disk = workspace.ports.disk
    for directory in (start, *start.parents):
        itself = extensions.itself(disk, directory)
        if itself is not None:
            return Subject(_environment(workspace, directory, DEFAULT_CKAN), "", (itself,))
    raise NotFound(
        f"There is no extension in {start} or above it: no pyproject.toml, no setup.py.",
        "Name its directory: datacats test DIRECTORY",
    )


def _of_environment(workspace: Workspace, source: Path, inside: Sequence[str] | None) -> Subject:
    disk = workspace.ports.disk
    described = locate.describe(disk, workspace.root, source)
    found = extensions.find(disk, source)
    lock = lock_file.read(disk, source)
    there = site_file.names(disk, described)
    images = site_file.read(disk, described, there[0]).images if there else None
    exact = images.web.version if images else resolve_ckan(described.ckan)
    environment = replace(described, name=NAME, data=workspace.root.path / NAME, ckan=exact)
    locked = lock_file.versions(lock.packages) if lock is not None and lock.ckan == exact else {}
    held = tuple(f"{name}=={version}" for name, version in locked.items() if "/" not in version)
    return Subject(environment, _one(found, inside, source), found, images, held)


def _one(found: Sequence[Extension | Unbuilt], inside: Sequence[str] | None, source: Path) -> str:
    """Return the extension that ``inside`` leads to, a path below the source; None means that one stands elsewhere.

    Where the source directory is an extension itself, all that is no other one belongs to it.
    """
    names = [each.directory for each in found]
    wanted = [name for name in names if name == inside[0]] if inside else names
    if not wanted or (inside is not None and not inside):
        wanted = [name for name in names if not name] or wanted
    if len(wanted) == 1:
        return wanted[0]
    there = ", ".join(name or "." for name in names) or "none"
    if wanted:
        raise UsageError(
            f"There are several extensions in {source}: {there}.", f"Name one: datacats test {source / names[0]}"
        )
    raise NotFound(
        f"There is no extension in {source.joinpath(*(inside or ())[:1])} (extensions of {source}: {there}).",
        "An extension has a pyproject.toml or a setup.py.",
    )
