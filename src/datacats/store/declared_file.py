"""``declared.json``: what CKAN answered when it was last asked what it declares, and what the answer was about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from datacats.errors import ConfigError
from datacats.model.environment import Environment
from datacats.model.ports import Disk
from datacats.store import documents

NAME = "declared.json"

_TOLD_BY = frozenset({".py", ".yaml", ".yml", ".json", ".toml", ".cfg"})
"""Files in which extensions declare settings."""
_LEFT_OUT = frozenset({"__pycache__", "node_modules"})


def path(environment: Environment, site: str) -> Path:
    """Return where it lies."""
    return environment.site_directory(site) / NAME


def read(disk: Disk, environment: Environment, site: str, key: str) -> dict[str, Any] | None:
    """Return the answer that was given about the same, or None; one that cannot be read is none."""
    place = path(environment, site)
    if disk.entry(place) is None:
        return None
    try:
        record = documents.read(disk, place, dict)
    except ConfigError:
        return None
    answer = record.get("answer")
    return answer if record.get("key") == key and isinstance(answer, dict) else None


def content(key: str, answer: dict[str, Any]) -> bytes:
    """Return the content of the file."""
    return documents.text({"key": key, "answer": answer})


def digest(disk: Disk, environment: Environment, about: Iterable[bytes]) -> str:
    """Return what stands for a question: what it is about, and the source directory's own code."""
    seen = hashlib.sha256()
    for each in about:
        seen.update(hashlib.sha256(each).digest())
    for file in _code(disk, environment.source):
        seen.update(str(file).encode(errors="surrogateescape") + hashlib.sha256(disk.read(file)).digest())
    return seen.hexdigest()


def _code(disk: Disk, directory: Path) -> Iterator[Path]:
    for name in disk.names(directory):
        entry = disk.entry(directory / name)
        if entry is None or name.startswith(".") or name in _LEFT_OUT:
            continue
        if entry.kind == "directory":
            yield from _code(disk, directory / name)
        elif entry.kind == "file" and Path(name).suffix in _TOLD_BY:
            yield directory / name
