"""Requirements files as pip reads them: what they ask for, the files that they name, and what must be left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from datacats.model.ports import Disk

_FILE = re.compile(r"(?:-r|--requirement)[\s=]*(.+)")
_EDITABLE = re.compile(r"(?:-e|--editable)[\s=]*(.+)")
_REPOSITORY = re.compile(r"git\+[a-z]+://")
_SAID_WHOLE = ("-c", "--constraint")
_ITSELF = re.compile(r"[./]+(\[[^]]*\])?")
_CKAN = re.compile(r"ckan\s*(?:\[[^]]*\]\s*)?@|git\+\S+/ckan/ckan(?:\.git)?(?:[@#]|$)")


@dataclass
class Requirements:
    """What a requirements file and those that it names hold.

    ``wanted`` are requirements; ``left_out`` what cannot be one, each with its file; ``files`` the content of all
    files that were read, by their paths.
    """

    wanted: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    files: dict[Path, bytes] = field(default_factory=dict)


def read(disk: Disk, path: Path, within: Path) -> Requirements:
    """Read a requirements file; those that it names are followed as long as they lie below ``within``.

    A file that is not there holds nothing.
    """
    found = Requirements()
    if disk.entry(path) is not None:
        _read(disk, path, within, found)
    return found


def plain(path: PurePosixPath) -> PurePosixPath:
    """Return a path without the steps that lead up again."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts and parts[-1] not in {"..", "/"}:
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _read(disk: Disk, path: Path, within: Path, found: Requirements) -> None:
    found.files[path] = disk.read(path)
    for line in _lines(found.files[path].decode(errors="replace")):
        named, editable = _FILE.fullmatch(line), _EDITABLE.fullmatch(line)
        if named:
            _follow(disk, path, within, named[1], found)
        elif _ITSELF.fullmatch(editable[1] if editable else line):
            continue
        elif wanted := _requirement(editable[1] if editable else line, editable=bool(editable)):
            found.wanted.append(wanted)
        else:
            found.left_out.append(f"{path.relative_to(within)}: {_said(line)}")


def _follow(disk: Disk, path: Path, within: Path, name: str, found: Requirements) -> None:
    other = Path(plain(PurePosixPath(path.parent / name)))
    entry = disk.entry(other) if other.is_relative_to(within) and "://" not in name else None
    if entry is None or entry.kind != "file":
        found.left_out.append(f"{path.relative_to(within)}: -r {name}")
    elif other not in found.files:
        _read(disk, other, within, found)


def _lines(text: str) -> Iterator[str]:
    for line in re.sub(r"\\\r?\n", " ", text).splitlines():
        if wanted := re.sub(r"(^|\s)#.*$", "", line).strip():
            yield wanted


def _requirement(text: str, *, editable: bool) -> str:
    """Return what is asked for; nothing for an option, a place on this host, and CKAN from a repository.

    CKAN is there: another one beside it could not be had.
    """
    wanted = re.split(r"\s--", text, maxsplit=1)[0].strip()
    if wanted.startswith(("-", ".", "/", "file:")) or (editable and not _REPOSITORY.match(wanted)):
        return ""
    if _REPOSITORY.match(wanted):
        wanted = _named(wanted)
    return "" if _CKAN.match(wanted) else wanted


def _named(address: str) -> str:
    """Return the requirement that an address with ``#egg=NAME`` means."""
    place, _, fragment = address.partition("#")
    options = [part for part in fragment.split("&") if part]
    name = next((part.partition("=")[2] for part in options if part.startswith("egg=")), "")
    rest = "&".join(part for part in options if not part.startswith("egg="))
    place = f"{place}#{rest}" if rest else place
    return f"{name} @ {place}" if name else place


def _said(line: str) -> str:
    """Return how a line is told: the value of an option may be a password."""
    word = re.split(r"[\s=]", line, maxsplit=1)[0]
    return word if line.startswith("-") and word not in _SAID_WHOLE and not _EDITABLE.fullmatch(line) else line
