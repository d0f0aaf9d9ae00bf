"""The networks of a fake engine."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_network

from datacats.engine.fake_world import World, refusal
from datacats.errors import NoSuchContainer
from datacats.model.observed import NetworkSeen
from datacats.model.service import Attachment, NetworkSpec

_BUILT_IN = (
    NetworkSeen("bridge", "bridge", ("172.17.0.0/16",)),
    NetworkSeen("host", "host"),
    NetworkSeen("none", "none"),
)


class FakeNetworks:
    """Networks in memory; what each method promises stands in ``model.ports.Networks``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list(self) -> tuple[NetworkSeen, ...]:
        """Return all networks, those that every engine has included, sorted by name."""
        self._world.ask("list networks")
        ours = (
            NetworkSeen(spec.name, spec.name, (spec.subnet,), spec.labels) for spec in self._world.networks.values()
        )
        return tuple(sorted((*_BUILT_IN, *ours), key=_name))

    def create(self, spec: NetworkSpec) -> None:
        """Make a network."""
        self._world.change(f"create network {spec.name}")
        if spec.name in self._world.networks:
            raise refusal(409, f"network with name {spec.name} already exists")
        wanted = ip_network(spec.subnet)
        if any(wanted.overlaps(ip_network(subnet)) for seen in self.list() for subnet in seen.subnets):
            raise refusal(403, "Pool overlaps with other one on this address space")
        self._world.networks[spec.name] = spec

    def remove(self, name: str) -> None:
        """Remove it; gone is no error."""
        self._world.change(f"remove network {name}")
        if any(name in each.networks and each.runs for each in self._world.containers.values()):
            raise refusal(403, f"error while removing network: network {name} has active endpoints")
        self._world.networks.pop(name, None)

    def connect(self, container: str, attachment: Attachment) -> None:
        """Join a container to a network; already joined is no error."""
        self._world.change(f"connect {container} to {attachment.network}")
        joined = self._world.container(container)
        if joined.runs and attachment.network not in self._world.networks:
            raise refusal(404, f"network {attachment.network} not found")
        if attachment.network not in joined.networks:
            joined.networks.append(attachment.network)

    def disconnect(self, container: str, network: str) -> None:
        """Take a container from a network; one that is not on it, or gone, is no error."""
        self._world.change(f"disconnect {container} from {network}")
        with suppress(NoSuchContainer):
            joined = self._world.container(container)
            joined.networks[:] = [each for each in joined.networks if each != network]


def _name(seen: NetworkSeen) -> str:
    return seen.name
