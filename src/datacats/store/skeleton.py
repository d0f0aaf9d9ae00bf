"""What a new extension or theme holds, as it lies in the package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from datacats.model.new_extension import NewExtension
from datacats.model.ports import Disk

if TYPE_CHECKING:
    from importlib.abc import Traversable

LAST = "pyproject.toml"
"""The file that makes a directory an extension."""

_MARK = ".in"
"""What a file's name here ends with where tools would take it for one of datacats' own."""


def render(extension: NewExtension) -> dict[str, bytes]:
    """Return path -> content of every file of a new extension; what makes its directory one comes last."""
    skeletons = files(__package__) / "skeletons"
    sources = [*_walk(skeletons / "shared", ""), *_walk(skeletons / extension.kind, "")]
    made = {_filled(path, extension): _filled(text, extension).encode() for path, text in sorted(sources)}
    return {**{path: content for path, content in made.items() if path != LAST}, LAST: made[LAST]}


def held(disk: Disk, directory: Path) -> Iterator[Path]:
    """Yield every file below a directory."""
    for name in disk.names(directory):
        path = directory / name
        entry = disk.entry(path)
        if entry is not None and entry.kind == "directory":
            yield from held(disk, path)
        else:
            yield path


def _filled(text: str, extension: NewExtension) -> str:
    values = {
        "@project@": extension.directory,
        "@slug@": extension.slug,
        "@package@": extension.plugin,
        "@class@": extension.class_name,
        "@title@": extension.title,
    }
    for word, value in values.items():
        text = text.replace(word, value)
    return text


def _walk(directory: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in directory.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name.removesuffix(_MARK)}", entry.read_text("utf-8")
