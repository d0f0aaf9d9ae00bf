"""From what a user types to an environment: a name, a path, or the current directory and those above it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from datacats.errors import ConfigError, Conflict, NoEnvironment, NotFound, UsageError
from datacats.model.environment import Environment
from datacats.model.names import check_name
from datacats.model.nearest import did_you_mean
from datacats.model.ports import Disk
from datacats.store import documents, environment_file
from datacats.store.root import DataRoot

FILE = "environment.json"

_OURS = frozenset({FILE, "sites", "layers", "layer.json", "lock", "run"})
_OLD = frozenset({".version", "project-dir", "venv"})
"""What the first datacats kept there."""


def place(cwd: Path, text: str) -> Path:
    """Return the real path that a user's word means: one directory has one path, whatever leads to it."""
    return Path(os.path.realpath(cwd / text))


def find_source(disk: Disk, start: Path) -> Path:
    """Return the source directory that ``start`` is or lies in. Raises NotFound."""
    for directory in (start, *start.parents):
        if disk.entry(directory / environment_file.NAME) is not None:
            return directory
    raise NoEnvironment(
        f"There is no {environment_file.NAME} in {start} or above it.",
        "Name an environment (see: datacats list), or make one: datacats create NAME",
    )


def find(disk: Disk, root: DataRoot, reference: str | None, cwd: Path) -> Environment:
    """Return the environment that a reference names: None means the current directory upwards.

    A name that has a data directory wins over a directory of the same name. Raises NotFound, ConfigError when the
    source directory is gone or has another name by now, Conflict when the data directory belongs to another one.
    """
    if reference is not None and is_known(disk, root, reference):
        environment = describe(disk, root, _source_of(disk, root, reference))
        if environment.name != reference:
            raise _renamed(environment, reference, root)
        return environment
    return load(disk, root, find_source(disk, _start(disk, root, reference, cwd)))


def is_known(disk: Disk, root: DataRoot, reference: str) -> bool:
    """Whether a user's word is the name of an environment that has a data directory."""
    return _is_name(reference) and is_there(disk, root, reference)


def to_remove(disk: Disk, root: DataRoot, reference: str | None, cwd: Path) -> Environment:
    """Return the environment to remove. One that is named may have lost its source directory, or be half made.

    Raises NotFound, and Conflict for what datacats did not make or what belongs to another source directory.
    """
    if reference is not None and _is_name(reference) and disk.entry(root.environment(reference)) is not None:
        refuse_stranger(disk, root.environment(reference))
        return by_name(disk, root, reference)
    environment = describe(disk, root, find_source(disk, _start(disk, root, reference, cwd)))
    if disk.entry(environment.data) is None:
        raise NotFound(
            f"The environment {environment.name} has no data directory ({environment.data}).",
            f"There is nothing to purge; its source directory is {environment.source}",
        )
    refuse_stranger(disk, environment.data)
    refuse_twin(disk, root, environment)
    return environment


def load(disk: Disk, root: DataRoot, source: Path) -> Environment:
    """Return the environment of a source directory, its data directory being there.

    One that holds sites but no longer says whose it is counts: the next start writes that down again.
    """
    environment = describe(disk, root, source)
    if not is_there(disk, root, environment.name) and disk.entry(environment.data / "sites") is None:
        if former := _former_name(disk, root, source):
            raise _renamed(environment, former, root)
        raise NotFound(
            f"The environment {environment.name} has no data directory ({environment.data}).",
            f"Make it: datacats init {source}",
        )
    refuse_twin(disk, root, environment)
    return environment


def refuse_twin(disk: Disk, root: DataRoot, environment: Environment) -> None:
    """Raise Conflict when the data directory of that name belongs to another source directory that is still there."""
    if not is_there(disk, root, environment.name):
        return
    recorded = recorded_source(disk, root, environment.name)
    if recorded != environment.source and _bears(disk, recorded, environment.name):
        file = environment.source / environment_file.NAME
        raise Conflict(
            f"The name {environment.name} belongs to another source directory, {recorded}.",
            f"Give this copy a name of its own in {file}, then: datacats init {environment.source}",
        )


def refuse_nested(disk: Disk, root: DataRoot, environment: Environment) -> None:
    """Raise Conflict when a new environment would lie in another one's source directory, and go with it."""
    if is_there(disk, root, environment.name):
        return
    source = environment.source
    for above in source.parents:
        if disk.entry(above / environment_file.NAME) is not None:
            beside = above.with_name(source.name)
            move = f"Move it beside that one: mv {source} {beside}; then: datacats init {beside}"
            raise Conflict(
                f"{source} lies in the source directory of another environment, {above}.",
                move if disk.entry(source) else f"Make it beside that one: datacats create {beside}",
            )


def within(disk: Disk, root: DataRoot, source: Path) -> tuple[str, ...]:
    """Return the environments whose source directory is there and lies in another one's, sorted."""
    return tuple(name for name in names(disk, root) if _lies_in(disk, root, name, source))


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
        extensions=file.extensions,
        overrides=file.overrides,
        system_packages=file.system_packages,
        services=file.services,
        spares=file.spare_containers,
        cron=file.cron,
    )


def refuse_unreadable(environment: Environment) -> None:
    """Raise UsageError for a source or data directory whose path is no text: the engine would look for another one."""
    for path in (environment.source, environment.data):
        raw = os.fsencode(path)
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise UsageError(
                f"The path {raw.decode(errors='backslashreplace')} is not UTF-8: no container can see it.",
                "Rename the directory, or use another one.",
            ) from error


def is_there(disk: Disk, root: DataRoot, name: str) -> bool:
    """Whether an environment of that name has a data directory that says whose it is."""
    return disk.entry(root.environment(name) / FILE) is not None


def names(disk: Disk, root: DataRoot) -> tuple[str, ...]:
    """Return the environments of the data root, sorted."""
    return tuple(name for name in disk.names(root.path) if is_there(disk, root, name))


def record_source(disk: Disk, environment: Environment, owner: tuple[int, int]) -> None:
    """Write down which source directory a data directory belongs to."""
    documents.write(disk, environment.data / FILE, {"source": str(environment.source)}, owner)


def recorded_source(disk: Disk, root: DataRoot, name: str) -> Path:
    """Return the source directory that a data directory belongs to, whether or not it is still there."""

    def decode(record: dict[str, Any]) -> Path:
        return Path(documents.value(record, "source", str))

    path = root.environment(name) / FILE
    return documents.read(disk, path, decode, f"rm {path}; the next start by path writes it: datacats start SOURCE_DIR")


def by_name(disk: Disk, root: DataRoot, name: str) -> Environment:
    """Return an environment as its data directory knows it, whatever became of its source directory.

    One that was cut off while it was made knows no source directory.
    """
    data = root.environment(name)
    source = recorded_source(disk, root, name) if is_there(disk, root, name) else data
    return Environment(name=name, source=source, data=data, root=root.uuid, ckan="")


def refuse_stranger(disk: Disk, data: Path) -> None:
    """Raise Conflict when something lies at a data directory's place that datacats did not make."""
    entry = disk.entry(data)
    if entry is None:
        return
    if entry.kind != "directory":
        raise Conflict(f"{data} is there already and is a {entry.kind}.", f"Move it away: mv {data} {data}.old")
    held = frozenset(disk.names(data))
    if FILE in held or held <= _OURS:
        return
    whose = "was made by the first datacats" if held & _OLD else "was not made by datacats"
    raise Conflict(f"{data} is there already and {whose}; it is left alone.", f"Move it away: mv {data} {data}.old")


def _lies_in(disk: Disk, root: DataRoot, name: str, source: Path) -> bool:
    with suppress(ConfigError):
        recorded = recorded_source(disk, root, name)
        return source in recorded.parents and disk.entry(recorded) is not None
    return False


def _former_name(disk: Disk, root: DataRoot, source: Path) -> str | None:
    """Return the environment whose data directory belongs to a source directory, whatever that is named by now."""
    for name in names(disk, root):
        with suppress(ConfigError):
            if recorded_source(disk, root, name) == source:
                return name
    return None


def _renamed(environment: Environment, former: str, root: DataRoot) -> ConfigError:
    file = environment.source / environment_file.NAME
    return ConfigError(
        f"{file} has the name {environment.name} by now; the data of {former} ({root.environment(former)}) goes with "
        f"the name {former}.",
        f'Set it back: name = "{former}" in that file; or make {environment.name} beside it, with new data: '
        f"datacats init {environment.source}; or remove the data of {former}: datacats purge {former}",
    )


def _bears(disk: Disk, source: Path, name: str) -> bool:
    """Whether a source directory is there and has that name; a file that cannot be read may well have it."""
    if disk.entry(source / environment_file.NAME) is None:
        return False
    try:
        return environment_file.read(disk, source).name == name
    except ConfigError:
        return True


def _start(disk: Disk, root: DataRoot, reference: str | None, cwd: Path) -> Path:
    if reference is None:
        return cwd
    start = place(cwd, reference)
    if disk.entry(start) is None:
        hint = did_you_mean(reference, names(disk, root), "See: datacats list")
        name, slash, site = reference.partition("/")
        if slash and is_known(disk, root, name):
            hint = f"Of the environment {name}, the site is named by -s {site}"
        raise NotFound(f"There is no environment {reference!r}, and no such directory.", hint)
    return start


def _source_of(disk: Disk, root: DataRoot, name: str) -> Path:
    source = recorded_source(disk, root, name)
    if disk.entry(source / environment_file.NAME) is None:
        lost = f"{source} has no {environment_file.NAME} any more" if disk.entry(source) else f"{source} is gone"
        raise ConfigError(
            f"The source directory of {name} cannot be used: {lost}.",
            f"Put it back; where it was moved to, give its path instead of the name. To remove the rest: "
            f"datacats purge {name}",
        )
    return source


def _is_name(text: str) -> bool:
    try:
        check_name(text, "an environment")
    except UsageError:
        return False
    return True
