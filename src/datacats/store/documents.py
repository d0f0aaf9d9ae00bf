"""Small JSON documents of datacats' own: read with a clear refusal, written whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from datacats.errors import UPGRADE, ConfigError
from datacats.model.ports import Disk

Record = TypeVar("Record")
Value = TypeVar("Value")

_LAYOUT = 1


def read(disk: Disk, path: Path, decode: Callable[[dict[str, Any]], Record], instead: str = "") -> Record:
    """Read a document and decode it.

    Raises ConfigError that names the file when it is damaged, or was written by a newer datacats. ``instead`` says what
    to do about a damaged one of which there is no backup.
    """
    content = disk.read(path)
    try:
        document = json.loads(content)
        layout = document["layout"]
        if layout > _LAYOUT:
            raise ConfigError(
                f"{path} was written by a newer datacats (layout {layout}; this one knows {_LAYOUT}).",
                UPGRADE,
            )
        return decode(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            f"{path} is damaged: {type(error).__name__} {error}.",
            f"Restore it from a backup. Where there is none: {instead}" if instead else "Restore it from a backup.",
        ) from error


def value(record: dict[str, Any], key: str, kind: type[Value]) -> Value:
    """Return a value of a document, for a decoder. Raises KeyError, or TypeError when it is of another kind."""
    found = record[key]
    if type(found) is not kind:
        raise TypeError(f"{key!r} is of the type {type(found).__name__}, not {kind.__name__}")
    return found


def write(disk: Disk, path: Path, record: dict[str, Any], owner: tuple[int, int]) -> None:
    """Write a document: readable by its owner only."""
    disk.place(path, text(record), 0o600, owner)


def text(record: dict[str, Any]) -> bytes:
    """Return the content of a document."""
    return f"{json.dumps({'layout': _LAYOUT, **record}, indent=2)}\n".encode()
