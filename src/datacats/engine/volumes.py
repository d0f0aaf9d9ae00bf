"""The volumes of a real engine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from datacats.engine import body
from datacats.engine.wire import Wire
from datacats.errors import NoSuchContainer
from datacats.model.observed import VolumeSeen
from datacats.model.service import VolumeSpec


class DockerVolumes:
    """Volumes over a wire to the engine; what each method promises stands in ``model.ports.Volumes``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self) -> tuple[VolumeSeen, ...]:
        """Return all named volumes of the engine, sorted by name."""
        told = self._wire.call("GET", "/volumes")["Volumes"] or ()
        return tuple(sorted((VolumeSeen(each["Name"], each.get("Labels") or {}) for each in told), key=_name))

    def sizes(self) -> Mapping[str, int]:
        """Return the bytes that each volume holds. Older engines count everything else as well."""
        told = self._wire.call("GET", "/system/df", {"type": "volume"})["Volumes"] or ()
        counted = {each["Name"]: (each.get("UsageData") or {}).get("Size", -1) for each in told}
        return {name: size for name, size in counted.items() if size >= 0}

    def create(self, spec: VolumeSpec) -> None:
        """Make a volume; one that is there is left as it is."""
        self._wire.call("POST", "/volumes/create", body=body.volume(spec))

    def remove(self, name: str) -> None:
        """Remove it; gone is no error."""
        with suppress(NoSuchContainer):
            self._wire.call("DELETE", f"/volumes/{name}")


def _name(seen: VolumeSeen) -> str:
    return seen.name
