"""Files below the data root and the source directories, with modes, owners, and content or digest; and held locks."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.e2e.sweep.stage import Stage

_PROGRAMS = ("postgres/data", "solr/data", "redis/appendonlydir", "files/webassets", "files/i18n")
"""Directories whose content is a program's own: what matters of it is told by the program."""

_LEGIBLE = 20_000


def masks(stage: Stage) -> dict[str, str]:
    """Return every random value and what stands for it: its name, and its shape."""
    found: dict[str, str] = {}
    for path in sorted(stage.home.glob("*/sites/*/secrets.json")):
        secrets: dict[str, Any] = json.loads(path.read_text())
        found |= {value: f"<{key}: {_shape(value)}>" for key, value in secrets.items() if isinstance(value, str)}
    root = stage.home / "root.json"
    if root.exists():
        found[json.loads(root.read_text())["uuid"]] = "<root>"
    return found


def files(stage: Stage, hidden: Mapping[str, str]) -> dict[str, list[str]]:
    """Return each path with its kind, mode, owner, content or digest, and whether a lock on it is held."""
    roots = (stage.home, stage.installation.work)
    return {str(path.relative_to(stage.base)): _seen(path, hidden) for root in roots for path in _walk(root)}


def _walk(directory: Path) -> Iterator[Path]:
    yield directory
    for path in sorted(directory.iterdir()):
        if path.is_dir() and not path.is_symlink() and not _is_closed(path):
            yield from _walk(path)
        else:
            yield path


def _is_closed(directory: Path) -> bool:
    """What a program keeps, and what a template that was sealed before holds, is not looked into."""
    return str(directory).endswith(_PROGRAMS) or (directory.parent.name == "_templates" and "." not in directory.name)


def _seen(path: Path, hidden: Mapping[str, str]) -> list[str]:
    seen = path.lstat()
    told = f"{stat.filemode(seen.st_mode)} {seen.st_uid}:{seen.st_gid}"
    if not stat.S_ISREG(seen.st_mode):
        return [told]
    if path.name == "lock" or path.parent.name == "_locks":  # what is in it is about the one who holds it
        return [f"{told} {'held' if _is_held(path) else 'free'}"]
    return [told, *_content(path, hidden)]


def _content(path: Path, hidden: Mapping[str, str]) -> list[str]:
    content = path.read_bytes()
    if len(content) > _LEGIBLE or b"\0" in content:
        return [hashlib.sha256(content).hexdigest()]
    text = content.decode(errors="backslashreplace")
    for value, name in hidden.items():
        text = text.replace(value, name)
    return text.splitlines()


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _shape(value: str) -> str:
    return f"{len(value)} {'letters and digits' if value.isascii() and value.isalnum() else 'of other characters'}"
