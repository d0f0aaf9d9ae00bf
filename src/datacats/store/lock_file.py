"""``datacats.lock``: the exact packages that were resolved together, in the source directory, committed.

It is a requirements file: pip and uv can read it as it is, and so can whatever watches dependencies.
"""

from __future__ import annotations

import re
from pathlib import Path

from datacats.errors import ConfigError
from datacats.model.extension import Lock
from datacats.model.ports import Disk
from datacats.store.extensions import normalise

NAME = "datacats.lock"

_HEADER = """\
# Exact packages of this environment beside CKAN's own: made by "datacats install". Commit it; do not edit it.
# ckan: {ckan}
# request: {request}
"""
_OWN = "-e ./"
_ENTRY = re.compile(r"^(\S+?)(==| @ )(\S+)", re.MULTILINE)
_MARK = re.compile(rb"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?\n?", re.MULTILINE)
_HEX = re.compile(r"[0-9a-f]{64}")


def read(disk: Disk, source: Path, *, merged: bool = False) -> Lock | None:
    """Return the lock of a source directory, or None where there is none. Raises ConfigError for a damaged one.

    One that version control could not merge is damaged; with ``merged`` what both sides hold is returned of it.
    """
    path = source / NAME
    if disk.entry(path) is None:
        return None
    content = disk.read(path)
    return parse(_MARK.sub(b"", content) if merged else content, path)


def parse(content: bytes, path: Path) -> Lock:
    """Return the lock that the content of a file holds. Raises ConfigError for a damaged one."""
    if mark := _MARK.search(content):
        line = content.count(b"\n", 0, mark.start()) + 1
        raise ConfigError(
            f"{path} is in conflict (line {line}).",
            "Resolve it anew: datacats install --upgrade; or remove it, then: datacats install",
        )
    lines = content.decode(errors="replace").splitlines()
    head = dict(line[2:].split(": ", 1) for line in lines if line.startswith(("# ckan: ", "# request: ")))
    if "ckan" not in head or not _HEX.fullmatch(head.get("request", "")):
        raise ConfigError(
            f"{path} is not as datacats wrote it.",
            "Restore it from version control, or make it anew: remove it, then: datacats install",
        )
    body = [line for line in lines if line and not line.startswith("#")]
    return Lock(
        ckan=head["ckan"],
        request=head["request"],
        packages="".join(f"{line}\n" for line in body if not line.startswith(_OWN)),
        own=tuple(line.removeprefix(_OWN) for line in body if line.startswith(_OWN)),
    )


def content(lock: Lock) -> bytes:
    """Return the content of the file."""
    own = "".join(f"{_OWN}{directory}\n" for directory in lock.own)
    return f"{_HEADER.format(ckan=lock.ckan, request=lock.request)}{own}{lock.packages}".encode()


def names(packages: str) -> tuple[str, ...]:
    """Return the names of the packages in requirement lines."""
    return tuple(versions(packages))


def versions(packages: str) -> dict[str, str]:
    """Return the version, or the address, of each package in requirement lines."""
    return {normalise(name): told for name, _, told in _ENTRY.findall(packages)}


def origins(packages: str) -> dict[str, str]:
    """Return the git addresses in requirement lines, by the package's name."""
    return {normalise(name): told for name, sign, told in _ENTRY.findall(packages) if sign == " @ "}
