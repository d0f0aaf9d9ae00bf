"""The volumes of a fake engine."""

from __future__ import annotations

from collections.abc import Mapping

from datacats.engine.fake_world import World, refusal
from datacats.model.observed import VolumeSeen
from datacats.model.service import VolumeSpec


class FakeVolumes:
    """Volumes in memory; what each method promises stands in ``model.ports.Volumes``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list(self) -> tuple[VolumeSeen, ...]:
        """Return all named volumes, sorted by name."""
        self._world.ask("list volumes")
        return tuple(VolumeSeen(name, spec.labels) for name, spec in sorted(self._world.volumes.items()))

    def sizes(self) -> Mapping[str, int]:
        """Return what a test says that each volume holds."""
        self._world.ask("sizes of volumes")
        return {name: self._world.held.get(name, 0) for name in self._world.volumes}

    def create(self, spec: VolumeSpec) -> None:
        """Make a volume; one that is there is left as it is."""
        self._world.change(f"create volume {spec.name}")
        self._world.volumes.setdefault(spec.name, spec)

    def remove(self, name: str) -> None:
        """Remove it; gone is no error."""
        self._world.change(f"remove volume {name}")
        for container in self._world.containers.values():
            if any(mount.volume and mount.source == name for mount in container.spec.mounts):
                raise refusal(409, f"remove {name}: volume is in use - [{container.id}]")
        self._world.volumes.pop(name, None)
