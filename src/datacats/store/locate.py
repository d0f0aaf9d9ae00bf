"""From what a user types to an environment: a name, a path, or the current directory and those above it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datacats.errors import ConfigError, Conflict, NotFound, UsageError
from datacats.model.environment import Environment
from datacats.model.names import check_name
from datacats.model.ports import Disk
from datacats.store import documents, environment_file
from datacats.store.root import DataRoot

FILE = "environment.json"


def find_source(disk: Disk, start: Path) -> Path:
    """Return the source directory that ``start`` is or lies in. Raises NotFound."""
    for directory in (start, *start.parents):
        if disk.entry(directory / environment_file.NAME) is not None:
            return directory
    raise NotFound(
        f"There is no {environment_file.NAME} in {start} or above it.",
        "Name an environment (see: datacats list), or make one: datacats create NAME",
    )


def find(disk: Disk, root: DataRoot, reference: str | None, cwd: Path) -> Environment:
    """Return the environment that a reference names: None means the current directory upwards.

    A name that has a data directory wins over a directory of the same name. Raises NotFound, and Conflict when
    the data directory of that name belongs to another source directory.
    """
    if reference is not None and _is_name(reference) and disk.entry(root.environment(reference) / FILE):
        return load(disk, root, _recorded_source(disk, root, reference))
    start = cwd if reference is None else (cwd / reference).absolute()
    if reference is not None and disk.entry(start) is None:
        raise NotFound(f"There is no environment {reference!r}, and no such directory.", "See: datacats list")
    return load(disk, root, find_source(disk, start))


def load(disk: Disk, root: DataRoot, source: Path) -> Environment:
    """Return the environment of a source directory, its data directory being there."""
    name = environment_file.read(disk, source).name
    data = root.environment(name)
    if disk.entry(data / FILE) is None:
        raise NotFound(
            f"The environment {name} has no data directory ({data}).",
            f"Make it: datacats init {source}",
        )
    environment = describe(disk, root, source)
    refuse_twin(disk, root, environment)
    return environment


def refuse_twin(disk: Disk, root: DataRoot, environment: Environment) -> None:
    """Raise Conflict when the data directory of that name belongs to another source directory that is still there."""
    if disk.entry(environment.data / FILE) is None:
        return
    recorded = _recorded_source(disk, root, environment.name)
    if recorded != environment.source and disk.entry(recorded / environment_file.NAME) is not None:
        file = environment.source / environment_file.NAME
        raise Conflict(
            f"The name {environment.name} belongs to another source directory, {recorded}.",
            f"Give this copy a name of its own in {file}, then: datacats init {environment.source}",
        )


def describe(disk: Disk, root: DataRoot, source: Path) -> Environment:
    """Return the environment of a source directory whether or not its data directory is there."""
    file = environment_file.read(disk, source)
    return Environment(
        name=file.name,
        source=source,
        data=root.environment(file.name),
        root=root.uuid,
        ckan=file.ckan,
        env=file.env,
    )


def by_name(disk: Disk, root: DataRoot, name: str) -> Environment:
    """Return an environment by the name of its data directory, whatever became of its source directory."""
    source = _recorded_source(disk, root, name)
    if disk.entry(source / environment_file.NAME) is not None:
        return describe(disk, root, source)
    return Environment(name=name, source=source, data=root.environment(name), root=root.uuid, ckan="")


def names(disk: Disk, root: DataRoot) -> tuple[str, ...]:
    """Return the environments of the data root, sorted."""
    return tuple(name for name in disk.names(root.path) if disk.entry(root.path / name / FILE) is not None)


def record_source(disk: Disk, environment: Environment, owner: tuple[int, int]) -> None:
    """Write down which source directory a data directory belongs to."""
    documents.write(disk, environment.data / FILE, {"source": str(environment.source)}, owner)


def _recorded_source(disk: Disk, root: DataRoot, name: str) -> Path:
    def decode(record: dict[str, Any]) -> Path:
        return Path(record["source"])

    source = documents.read(disk, root.environment(name) / FILE, decode)
    if disk.entry(source) is not None and disk.entry(source / environment_file.NAME) is None:
        raise ConfigError(
            f"{source} has no {environment_file.NAME} any more.",
            f"Restore it, or: datacats purge {name}",
        )
    return source


def _is_name(text: str) -> bool:
    try:
        check_name(text, "an environment")
    except UsageError:
        return False
    return True
