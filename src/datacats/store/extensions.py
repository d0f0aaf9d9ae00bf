"""The packages in a source directory: found by their project files, described without running their code."""

from __future__ import annotations

import configparser
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from datacats.errors import ConfigError, Conflict
from datacats.model.extension import PLUGINS, EntryPoints, Extension, Unbuilt
from datacats.model.ports import Disk
from datacats.store import requirements

_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in")
_REQUIREMENTS = "requirements.txt"
_BUILT_BY = ("pyproject.toml", "setup.py")
_TOLD = ("version", "dependencies", "entry-points")


def find(disk: Disk, source: Path) -> tuple[Extension | Unbuilt, ...]:
    """Return the packages of a source directory, sorted by directory: itself, and each directory directly below it.

    Raises ConfigError for a project file that cannot be read, Conflict for two packages of one name.
    """
    found = tuple(_packages(disk, source))
    refuse_twins(each for each in found if isinstance(each, Extension))
    return found


def refuse_twins(packages: Iterable[Extension]) -> None:
    """Raise Conflict for two packages of one name."""
    seen: dict[str, str] = {}
    for each in packages:
        twin = seen.setdefault(normalise(each.name), each.directory)
        if twin != each.directory:
            raise Conflict(
                f"{twin or '.'} and {each.directory} are both the package {each.name}.",
                "Take one of them out of the source directory, or name it otherwise in its pyproject.toml or setup.py.",
            )


def links(disk: Disk, source: Path) -> tuple[str, ...]:
    """Return the names in a source directory that are links to packages: they are none of its own."""
    there = ((name, disk.entry(source / name)) for name in sorted(disk.names(source)) if not name.startswith("."))
    found = (name for name, entry in there if entry is not None and entry.kind == "link")
    return tuple(name for name in found if is_package(disk, source / name))


def itself(disk: Disk, directory: Path) -> Extension | Unbuilt | None:
    """Return the package that a directory is, or None. Raises ConfigError for a project file that cannot be read."""
    return _package(disk, directory, "") if is_package(disk, directory) else None


def is_package(disk: Disk, directory: Path) -> bool:
    """Whether a directory holds a package that can be built."""
    return any(disk.entry(directory / file) is not None for file in _BUILT_BY)


def read_entry_points(text: str) -> EntryPoints:
    """Return the content of an ``entry_points.txt``."""
    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {group: dict(parser.items(group)) for group in parser.sections()}


def normalise(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def root_of(disk: Disk, directory: Path) -> str:
    """Return where a package keeps its Python code, below its directory."""
    return "src" if disk.entry(directory / "src") is not None and disk.entry(directory / "ckanext") is None else ""


def migrations(disk: Disk, directory: Path) -> dict[Path, bytes] | None:
    """Return the migrations of a package's plugins, where CKAN looks for them: path -> content.

    None where not even a place for them is there.
    """
    code = directory / root_of(disk, directory) / "ckanext"
    modules = [code / name for name in disk.names(code)]
    modules += [module / "plugin" for module in modules]
    places = [module / "migration" for module in modules if disk.entry(module / "migration") is not None]
    versions = [place / plugin / "versions" for place in places for plugin in disk.names(place)]
    files = [each / name for each in versions if disk.entry(each) is not None for name in disk.names(each)]
    return {path: disk.read(path) for path in files if path.suffix == ".py"} if places else None


def _packages(disk: Disk, source: Path) -> Iterator[Extension | Unbuilt]:
    if _is_itself(disk, source):
        yield _package(disk, source, "")
    for name in sorted(disk.names(source)):
        directory = source / name
        entry = disk.entry(directory)
        if name.startswith(".") or entry is None or entry.kind != "directory":
            continue
        if is_package(disk, directory):
            yield _package(disk, source, name)


def _is_itself(disk: Disk, source: Path) -> bool:
    """Whether a source directory is a package too; many hold a ``pyproject.toml`` only for the settings of tools."""
    path = source / "pyproject.toml"
    if disk.entry(source / "setup.py") is not None:
        return True
    if disk.entry(path) is None:
        return False
    tables = _tables(path, disk.read(path))
    entry_points = _project(path, tables).get("entry-points", {})
    return "build-system" in tables or (isinstance(entry_points, dict) and PLUGINS in entry_points)


def _package(disk: Disk, source: Path, name: str) -> Extension | Unbuilt:
    directory = source / name
    files = {file: disk.read(directory / file) for file in _PROJECT_FILES if disk.entry(directory / file)}
    asked = requirements.read(disk, directory / _REQUIREMENTS, source)
    told = {
        **files,
        **{str(PurePosixPath(os.path.relpath(path, directory))): asked.files[path] for path in asked.files},
    }
    digest = hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()
    path = directory / "pyproject.toml"
    project = _project(path, _tables(path, files.get("pyproject.toml", b"")))
    try:
        if "name" not in project or set(project.get("dynamic", ())) & set(_TOLD):
            return Unbuilt(name, digest, tuple(asked.wanted), tuple(asked.left_out))
        return Extension(
            directory=name,
            digest=digest,
            name=str(project["name"]),
            version=str(project.get("version", "0")),
            requires=(*_texts(project, "dependencies"), *asked.wanted),
            entry_points=_entry_points(project),
            root=root_of(disk, directory),
            left_out=tuple(asked.left_out),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"{path}: {error}.", "Mend its [project] table.") from error


def _tables(path: Path, content: bytes) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", "Mend that line.") from error


def _project(path: Path, tables: Mapping[str, Any]) -> Mapping[str, Any]:
    table = tables.get("project", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: project must be a table.", "Its name and version stand below [project].")
    return table


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the requirements that a table of a project file lists. Raises TypeError for what is no list of texts."""
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise TypeError(f"{key} must be a list of texts")
    return tuple(found)


def _entry_points(project: Mapping[str, Any]) -> EntryPoints:
    groups: dict[str, dict[str, str]] = {group: dict(each) for group, each in project.get("entry-points", {}).items()}
    if scripts := project.get("scripts"):
        groups["console_scripts"] = dict(scripts)
    return groups
