"""What the checks look at on the engine, read once. Without an engine there is nothing to see; one check says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from datacats.errors import DatacatsError
from datacats.model.observed import ContainerSeen, EngineInfo, ImageSeen, NetworkSeen, VolumeSeen
from datacats.model.ports import Engine


@dataclass
class SeenEngine:
    """One look at an engine."""

    port: Engine

    @cached_property
    def _asked(self) -> tuple[EngineInfo | None, DatacatsError | None]:
        try:
            return self.port.info(), None
        except DatacatsError as error:
            return None, error

    @property
    def info(self) -> EngineInfo | None:
        """The engine as it describes itself; None when it cannot be used."""
        return self._asked[0]

    @property
    def error(self) -> DatacatsError | None:
        """Why it cannot be used."""
        return self._asked[1]

    @property
    def is_local(self) -> bool:
        """Whether its ports are this host's."""
        return self.port.host == "127.0.0.1"

    @cached_property
    def containers(self) -> tuple[ContainerSeen, ...]:
        """All its containers."""
        return self.port.containers.list() if self.info else ()

    @cached_property
    def networks(self) -> tuple[NetworkSeen, ...]:
        """All its networks."""
        return self.port.networks.list() if self.info else ()

    @cached_property
    def volumes(self) -> tuple[VolumeSeen, ...]:
        """All its named volumes."""
        return self.port.volumes.list() if self.info else ()

    @cached_property
    def images(self) -> Mapping[str, ImageSeen]:
        """Its images of datacats by name."""
        seen = self.port.images.list() if self.info else ()
        return {name: image for image in seen for name in image.names}
