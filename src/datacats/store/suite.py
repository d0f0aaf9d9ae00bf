"""What an extension says about its own tests: its configuration file for them, and the packages that they need."""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from datacats.errors import ConfigError
from datacats.model.ports import Disk
from datacats.store.extensions import normalise
from datacats.store.requirements import plain, read

INI = "test.ini"

_EXTRAS = ("dev", "test", "tests", "testing")
_FILES = ("dev-requirements.txt", "requirements-dev.txt", "test-requirements.txt", "requirements-test.txt")
_USE = re.compile(r"^use[ \t]*[=:][ \t]*config:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_PART_OF_CKAN = {"pytest-ckan"}
"""What CKAN has in itself by now: the old package would come between."""


@dataclass(frozen=True, slots=True)
class Ini:
    """A configuration file for tests: its path below the extension's directory, and its text."""

    path: PurePosixPath
    text: str

    @property
    def used(self) -> PurePosixPath | None:
        """The file that this one adds to, as a path of the same kind; None where it names none."""
        found = _USE.search(self.text)
        return plain(self.path.parent / found[1]) if found else None

    def using(self, place: str) -> str:
        """Return the text with another file, or none yet, to add to."""
        line = f"use = config:{place}"
        text = re.sub(r"^use[ \t]*[=:].*\n?", "", self.text, flags=re.MULTILINE)
        return re.sub(r"^\[app:main\][ \t]*$", f"[app:main]\n{line}", text, count=1, flags=re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Needs:
    """What tests need: requirements, and lines of requirements files that cannot be followed."""

    wanted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def inis(disk: Disk, directory: Path, path: str = INI) -> tuple[Ini, ...]:
    """Return a configuration file for tests and those of the extension that it adds to; empty where there is none.

    Raises ConfigError for one that CKAN could not read.
    """
    found: list[Ini] = []
    place: PurePosixPath | None = PurePosixPath(path)
    while place is not None and place not in [each.path for each in found]:
        entry = disk.entry(directory / place)
        if place.parts[:1] == ("..",) or entry is None or entry.kind != "file":
            break
        found.append(Ini(place, _text(disk, directory / place)))
        place = found[-1].used
    return tuple(found)


def requirements(disk: Disk, directory: Path) -> Needs:
    """Return what the extension's tests need beside what it needs itself."""
    files = [read(disk, directory / name, directory) for name in _FILES]
    found = [*_extras(disk, directory), *(each for file in files for each in file.wanted)]
    wanted = dict.fromkeys(each for each in found if _name(each) not in _PART_OF_CKAN)
    return Needs(tuple(wanted), tuple(dict.fromkeys(each for file in files for each in file.left_out)))


def _text(disk: Disk, path: Path) -> str:
    try:
        text = disk.read(path).decode()
        parser = configparser.RawConfigParser()
        parser.read_string(text)
    except (UnicodeDecodeError, configparser.Error) as error:
        raise ConfigError(f"{path} cannot be read: {' '.join(str(error).split())}.", "Mend it.") from error
    if not parser.has_section("app:main"):
        raise ConfigError(f"{path} has no section [app:main].", "Put CKAN's settings below such a line.")
    return text


def _extras(disk: Disk, directory: Path) -> Iterator[str]:
    """Yield the extras for developers that project files declare, and their groups of the same names."""
    for name, tell in (("pyproject.toml", _of_project), ("setup.cfg", _of_setup)):
        file = directory / name
        if disk.entry(file) is not None:
            try:
                yield from tell(disk.read(file).decode())
            except (ValueError, AttributeError, TypeError, configparser.Error) as error:
                raise ConfigError(f"{file} cannot be read: {' '.join(str(error).split())}.", "Mend it.") from error


def _of_project(text: str) -> Iterator[str]:
    tables = tomllib.loads(text)
    extras, groups = tables.get("project", {}).get("optional-dependencies", {}), tables.get("dependency-groups", {})
    for name in _EXTRAS:
        for table in (extras, groups):
            listed = table.get(name, [])
            if not isinstance(listed, list):
                raise TypeError(f"{name} must be a list of requirements")
            yield from (each for each in listed if isinstance(each, str))


def _of_setup(text: str) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    for name in _EXTRAS:
        yield from _lines(parser.get("options.extras_require", name, fallback="").splitlines())


def _lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        wanted = line.partition(" #")[0].strip()
        if wanted and not wanted.startswith(("#", "-")):
            yield wanted


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    return normalise(found[0]) if found else ""
