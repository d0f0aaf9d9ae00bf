"""``change.json``: a change of what is installed that is being carried out; it is there until that is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datacats.model.environment import Environment
from datacats.model.extension import Change
from datacats.model.ports import Disk
from datacats.store import documents

_FILE = "change.json"


def path(environment: Environment) -> Path:
    """Return where it is written down."""
    return environment.data / _FILE


def read(disk: Disk, environment: Environment) -> Change | None:
    """Return the change that was begun and is not done; None where none is. Raises ConfigError for a damaged file."""
    if disk.entry(path(environment)) is None:
        return None
    return documents.read(disk, path(environment), _decode)


def content(change: Change) -> bytes:
    """Return the content of the file."""
    return documents.text(
        {
            "files": {name: [_text(each) for each in both] for name, both in change.files.items()},
            "layers": list(change.layers),
            "sites": list(change.sites),
            "asked": dict(change.asked),
            "told": dict(change.told),
            "back": change.back,
        }
    )


def _decode(record: dict[str, Any]) -> Change:
    before, after = record["layers"]
    return Change(
        files={name: (_bytes(old), _bytes(new)) for name, (old, new) in record["files"].items()},
        layers=(str(before), str(after)),
        sites=tuple(map(str, record["sites"])),
        asked=documents.value(record, "asked", dict),
        told=documents.value(record, "told", dict),
        back=documents.value(record, "back", bool),
    )


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode(errors="surrogateescape")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode(errors="surrogateescape")
