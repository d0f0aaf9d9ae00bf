"""What was found out about engines: how the parts of sites are placed on each."""

from __future__ import annotations

from typing import Any

from datacats.model.environment import Placement
from datacats.model.ports import Disk
from datacats.store import documents
from datacats.store.root import DataRoot, owner_of

_FILE = "_engines.json"


def known(disk: Disk, root: DataRoot, engine: str) -> Placement | None:
    """Return the placement on the engine of that identity, or None when it was never found out."""
    return _read(disk, root).get(engine)


def remember(disk: Disk, root: DataRoot, engine: str, placement: Placement) -> None:
    """Write down the placement on an engine. The caller holds the root lock."""
    known = {**_read(disk, root), engine: placement}
    record = {"engines": {name: str(each) for name, each in known.items()}}
    documents.write(disk, root.path / _FILE, record, owner_of(disk, root.path))


def _read(disk: Disk, root: DataRoot) -> dict[str, Placement]:
    def decode(record: dict[str, Any]) -> dict[str, Placement]:
        return {str(engine): Placement(placement) for engine, placement in record["engines"].items()}

    path = root.path / _FILE
    return documents.read(disk, path, decode) if disk.entry(path) else {}
