"""No engine: what stands in for one where process variables lead to none."""

from __future__ import annotations

from typing import NoReturn

from datacats.errors import DatacatsError
from datacats.model.observed import EngineInfo
from datacats.model.ports import Containers, Images, Networks, Spares, Volumes


class UnfoundEngine:
    """Raises, whatever is asked, the error that says why there is no engine."""

    host = "127.0.0.1"

    def __init__(self, error: DatacatsError, origin: str) -> None:
        self._error = error
        self.address = f"no address ({origin})"

    @property
    def containers(self) -> Containers:
        """Raise."""
        self._refuse()

    @property
    def spares(self) -> Spares:
        """Raise."""
        self._refuse()

    @property
    def networks(self) -> Networks:
        """Raise."""
        self._refuse()

    @property
    def volumes(self) -> Volumes:
        """Raise."""
        self._refuse()

    @property
    def images(self) -> Images:
        """Raise."""
        self._refuse()

    def info(self) -> EngineInfo:
        """Raise."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise self._error
