"""The networks of a real engine."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from datacats.engine import body
from datacats.engine.mapping import AlreadySo
from datacats.engine.wire import Wire
from datacats.errors import NoSuchContainer
from datacats.model.observed import NetworkSeen
from datacats.model.service import Attachment, NetworkSpec


class DockerNetworks:
    """Networks over a wire to the engine; what each method promises stands in ``model.ports.Networks``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self) -> tuple[NetworkSeen, ...]:
        """Return all networks of the engine, sorted by name."""
        return tuple(sorted(map(_seen, self._wire.call("GET", "/networks")), key=_name))

    def create(self, spec: NetworkSpec) -> None:
        """Make a network."""
        self._wire.call("POST", "/networks/create", body=body.network(spec))

    def remove(self, name: str) -> None:
        """Remove it; gone is no error."""
        with suppress(NoSuchContainer):
            self._wire.call("DELETE", f"/networks/{name}")

    def connect(self, container: str, attachment: Attachment) -> None:
        """Join a container to a network; already joined is no error."""
        told = {"Container": container, "EndpointConfig": body.endpoint(attachment)}
        with suppress(AlreadySo):
            self._wire.call("POST", f"/networks/{attachment.network}/connect", body=told)

    def disconnect(self, container: str, network: str) -> None:
        """Take a container from a network; one that is not on it, or gone, is no error."""
        with suppress(NoSuchContainer, AlreadySo):
            self._wire.call("POST", f"/networks/{network}/disconnect", body={"Container": container, "Force": True})


def _seen(told: Mapping[str, Any]) -> NetworkSeen:
    pools = (told.get("IPAM") or {}).get("Config") or ()
    return NetworkSeen(
        id=told["Id"],
        name=told["Name"],
        subnets=tuple(pool["Subnet"] for pool in pools if pool.get("Subnet")),
        labels=told.get("Labels") or {},
    )


def _name(seen: NetworkSeen) -> str:
    return seen.name
