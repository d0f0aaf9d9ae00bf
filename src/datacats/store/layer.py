"""The installed extensions of an environment: layers in its data directory, and which of them is in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from datacats.model.environment import Environment
from datacats.model.extension import EntryPoints, Extension
from datacats.model.ports import Disk
from datacats.store import documents
from datacats.store.extensions import normalise, read_entry_points

_FILE = "layer.json"
_EDITABLE = "__editable__."
PROJECT = "/project"
"""Where containers see the source directory."""


def current(disk: Disk, environment: Environment) -> str:
    """Return the digest of the layer in use; empty when nothing is installed."""
    path = environment.data / _FILE
    if disk.entry(path) is None:
        return ""
    return documents.read(disk, path, lambda record: documents.value(record, "layer", str))


def pointer(environment: Environment, digest: str) -> tuple[Path, bytes]:
    """Return the path and content of the file that says which layer is in use."""
    return environment.data / _FILE, documents.text({"layer": digest})


def installed(disk: Disk, layer: Path) -> Mapping[str, tuple[str, EntryPoints]]:
    """Return the packages of a layer: name, as indexes compare it -> version and entry points."""
    return dict(_installed(disk, layer))


def _installed(disk: Disk, layer: Path) -> Iterator[tuple[str, tuple[str, EntryPoints]]]:
    for entry in disk.names(layer):
        if not entry.endswith(".dist-info"):
            continue
        name, _, version = entry.removesuffix(".dist-info").rpartition("-")
        file = layer / entry / "entry_points.txt"
        points = read_entry_points(disk.read(file).decode()) if disk.entry(file) is not None else {}
        yield normalise(name), (version, points)


def own(disk: Disk, layer: Path, directories: Iterable[str]) -> Mapping[str, str]:
    """Return the packages of a layer whose code lies in these directories of the source, by directory."""
    files = [file for file in disk.names(layer) if file.startswith(_EDITABLE)]
    lying = {disk.read(layer / file).decode().strip(): file[len(_EDITABLE) : -len(".pth")] for file in files}
    return {
        directory: normalise(lying[place])
        for directory in directories
        for place in (_place(directory, ""), _place(directory, "src"))
        if place in lying
    }


def gone(disk: Disk, source: Path, layer: Path) -> tuple[str, ...]:
    """Return the directories of the source that a layer reads code from and that are there no more."""
    files = [file for file in disk.names(layer) if file.startswith(_EDITABLE)] if disk.entry(layer) else []
    places = (disk.read(layer / file).decode().strip().removeprefix(PROJECT).strip("/") for file in files)
    return tuple(sorted({place.partition("/")[0] for place in places if disk.entry(source / place) is None}))


def editable(extension: Extension) -> dict[str, bytes]:
    """Return the files, by path below the layer, that put a package of the source directory on Python's path.

    A plain path file and the package's metadata: its code is read where it lies.
    """
    stem = normalise(extension.name).replace("-", "_")
    place = _place(extension.directory, extension.root)
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: {extension.name}",
        f"Version: {extension.version}",
    ]
    info = f"{stem}-{extension.version}.dist-info"
    points = "\n".join(
        line
        for group, entries in extension.entry_points.items()
        for line in (f"[{group}]", *(f"{name} = {target}" for name, target in entries.items()))
    )
    return {
        f"{_EDITABLE}{stem}.pth": f"{place}\n".encode(),
        f"{info}/METADATA": "".join(f"{line}\n" for line in metadata).encode(),
        f"{info}/entry_points.txt": f"{points}\n".encode(),
        f"{info}/INSTALLER": b"datacats\n",
    }


def _place(directory: str, root: str) -> str:
    return "/".join(part for part in (PROJECT, directory, root) if part)
