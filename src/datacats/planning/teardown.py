"""Stop a site, or remove all that the engine holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from datacats.model import labels
from datacats.model.names import BESIDE_WEB, STOP_ORDER
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed
from datacats.model.plan import (
    Operation,
    Plan,
    RemoveContainer,
    RemoveNetwork,
    RemoveTree,
    RemoveVolume,
    StopContainer,
)
from datacats.model.service import NetworkSpec, ServiceSpec
from datacats.planning.converge import leave

_GRACE = {"web": 35, **dict.fromkeys(BESIDE_WEB, 20), "solr": 30, "redis": 20, "postgres": 60}
_RUNS = {"running", "restarting", "paused"}


def stop(observed: Observed, *, cause: str) -> Plan:
    """Plan to stop a site's containers, web first and PostgreSQL last; they stay, with their logs."""
    running = sorted((seen for seen in observed.containers if seen.state in _RUNS), key=_order)
    return Plan.of(StopContainer(seen.name, _GRACE.get(seen.service, 10), cause=cause) for seen in running)


def remove(observed: Observed, *, cause: str) -> Plan:
    """Plan to remove all containers, networks and volumes of a site."""
    gone: list[Operation] = []
    for network in observed.networks:
        gone += [*leave(observed, network.name, cause=cause), RemoveNetwork(network.name, cause=cause)]
    gone += [RemoveVolume(volume.name, cause=cause) for volume in observed.volumes]
    return Plan.of([*_remove(observed, cause), *gone])


def discard(observed: Observed, paths: Sequence[Path], *, cause: str) -> Plan:
    """Plan to remove what nobody needs any more, files and all: nothing is given time to end in order."""
    containers = sorted(observed.containers, key=_order)
    return Plan.of(
        [
            *(RemoveContainer(each.name, cause=cause) for each in containers),
            *(RemoveNetwork(each.name, cause=cause) for each in observed.networks),
            *(RemoveVolume(each.name, cause=cause) for each in observed.volumes),
            *(RemoveTree(path, cause=cause) for path in paths),
        ]
    )


def described(networks: Sequence[NetworkSpec], services: Sequence[ServiceSpec]) -> Observed:
    """Return what would be observed once a description were carried out: what a plan made ahead tears down."""
    specs = [service.container for service in services]
    return Observed(
        tuple(ContainerSeen("", each.name, str(each.image), "running", labels=each.labels) for each in specs),
        tuple(NetworkSeen("", each.name, (each.subnet,), each.labels) for each in networks),
    )


def _remove(observed: Observed, cause: str) -> Iterator[Operation]:
    for container in sorted(observed.containers, key=_order):
        if container.state in _RUNS:
            yield StopContainer(container.name, _GRACE.get(container.service, 10), cause=cause)
        yield RemoveContainer(container.name, cause=cause)


def _order(container: ContainerSeen) -> tuple[int, str]:
    """One-off containers first: they use the rest."""
    if labels.ONE_OFF in container.labels or container.service not in STOP_ORDER:
        return -1, container.name
    return STOP_ORDER.index(container.service), container.name
