"""Bring one site to its description, touching nothing that already matches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datacats.errors import Conflict
from datacats.model import labels
from datacats.model.names import BESIDE_WEB
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed, VolumeSeen
from datacats.model.plan import (
    ConnectNetwork,
    CreateContainer,
    CreateNetwork,
    DisconnectNetwork,
    Operation,
    Plan,
    RemoveContainer,
    RemoveNetwork,
    StartContainer,
    StopContainer,
    UnpauseContainer,
    Wait,
)
from datacats.model.probe import Probe
from datacats.model.service import ContainerSpec, NetworkSpec, ServiceSpec

_USABLE = {"running", "exited", "created", "paused", "restarting"}


@dataclass(frozen=True, slots=True)
class Following:
    """What follows the start of a service: ``operations`` at once, and a wait by its probe in ``ready`` when all run.

    A service that has just been started is waited for as well. A site that is not ``settled`` may have lost the run
    that started its services: then all of it is done for running ones too.
    """

    operations: Mapping[str, Sequence[Operation]] = field(default_factory=dict)
    ready: Sequence[tuple[str, Probe]] = ()
    settled: bool = True


def converge(
    networks: Sequence[NetworkSpec],
    services: Sequence[ServiceSpec],
    observed: Observed,
    following: Following,
    *,
    anew: Collection[str] = (),
) -> Plan:
    """Plan what brings a site to its description.

    ``services`` are in start order; ``anew`` names those that are replaced although they match. What stands beside
    web comes when the page answers: it would take the processors that CKAN starts on.
    Raises Conflict for an object that has one of our names but not our labels: it is never touched.
    """
    _refuse_foreign(networks, services, observed)
    stale = {spec.name for spec in networks if _differs(spec, observed.network(spec.name))}
    gone = {spec.name for spec in networks if observed.network(spec.name) is None}
    operations: list[Operation] = []
    beside: list[Operation] = []
    started: dict[str, str] = {}
    for service in services:
        seen = observed.container(service.container.name)
        moved = _is_on(service, stale)
        forced = _forced(service, stale, gone) or ("asked for" if service.service in anew else "")
        steps = list(_service(service.container, seen, forced))
        if steps or not following.settled:
            started[service.service] = f"{service.service} was started"
            steps += following.operations.get(service.service, ())
        elif seen is not None and seen.is_starting:
            started[service.service] = f"{service.service} has not yet shown that it is ready"
        (beside if service.service in BESIDE_WEB and not moved else operations).extend(steps)
    waits = [Wait(probe, cause=started[name]) for name, probe in following.ready if name in started]
    first = [*_removals(operations), *_networks(networks, observed, stale)]
    return Plan.of([*first, *_rest(operations), *waits, *beside])


def _differs(spec: NetworkSpec, seen: NetworkSeen | None) -> bool:
    return seen is not None and spec.subnet not in seen.subnets


def _networks(networks: Sequence[NetworkSpec], observed: Observed, stale: set[str]) -> Iterator[Operation]:
    for spec in networks:
        if spec.name in stale:
            yield from leave(observed, spec.name, cause="its subnet changed")
            yield RemoveNetwork(spec.name, cause="its subnet changed")
            yield CreateNetwork(spec, cause="its subnet changed")
        elif observed.network(spec.name) is None:
            yield CreateNetwork(spec, cause="not there")


def _forced(service: ServiceSpec, stale: set[str], gone: set[str]) -> str:
    """Containers know a network by its id: one of the same name is another."""
    if _is_on(service, stale):
        return "its network changed"
    return "its network is gone" if _is_on(service, gone) else ""


def _is_on(service: ServiceSpec, networks: set[str]) -> bool:
    return bool(networks & {attachment.network for attachment in service.container.networks})


def _service(spec: ContainerSpec, seen: ContainerSeen | None, forced: str) -> Iterator[Operation]:
    if seen is None:
        yield from _create(spec, "not there")
    elif reason := forced or _why_replace(spec, seen):
        if not _dies_at_once(spec, seen):
            yield StopContainer(spec.name, spec.stop_grace, cause=reason)
        yield RemoveContainer(spec.name, cause=reason)
        yield from _create(spec, reason)
    else:
        yield from _resume(spec, seen)


def _resume(spec: ContainerSpec, seen: ContainerSeen) -> Iterator[Operation]:
    for attachment in spec.networks:
        if attachment.network not in seen.networks:
            yield ConnectNetwork(spec.name, attachment, cause="not on it any more")
    if seen.state == "paused":
        yield UnpauseContainer(spec.name, cause="paused")
    elif seen.state in {"exited", "created"}:
        yield StartContainer(spec.name, cause="stopped" if seen.state == "exited" else "never started")


def _dies_at_once(spec: ContainerSpec, seen: ContainerSeen) -> bool:
    """Whether stopping it is no more than killing it, which its removal does anyway."""
    return spec.stop_signal == "SIGKILL" and seen.labels.get(labels.SPEC) == spec.digest


def _create(spec: ContainerSpec, cause: str) -> Iterator[Operation]:
    yield CreateContainer(spec, cause=cause)
    for attachment in spec.networks[1:]:
        yield ConnectNetwork(spec.name, attachment, cause=cause)
    yield StartContainer(spec.name, cause=cause)


def _why_replace(spec: ContainerSpec, seen: ContainerSeen) -> str:
    if seen.labels.get(labels.SPEC) != spec.digest:
        if seen.image != str(spec.image):
            return "image changed"
        return "its definition changed"
    if seen.state not in _USABLE:
        return seen.state
    if seen.state == "created" and set(seen.networks) != {each.network for each in spec.networks}:
        return "half made"
    return ""


def leave(observed: Observed, network: str, *, cause: str) -> Iterator[Operation]:
    """Yield what takes other sites' containers from a network that is to go: they join again at their next start."""
    for guest in observed.guests:
        if network in guest.networks:
            yield DisconnectNetwork(guest.name, network, cause=cause)


def _removals(operations: Sequence[Operation]) -> list[Operation]:
    """What has to go goes first, web before what it needs."""
    gone = [step for step in operations if isinstance(step, StopContainer | RemoveContainer)]
    names = dict.fromkeys(step.name for step in reversed(gone))
    return [step for name in names for step in gone if step.name == name]


def _rest(operations: Sequence[Operation]) -> list[Operation]:
    return [step for step in operations if not isinstance(step, StopContainer | RemoveContainer)]


def _refuse_foreign(networks: Sequence[NetworkSpec], services: Sequence[ServiceSpec], observed: Observed) -> None:
    for spec in services:
        seen = observed.container(spec.container.name)
        if seen is not None:
            refuse_foreign("container", seen, spec.container.labels)
    for network in networks:
        there = observed.network(network.name)
        if there is not None:
            refuse_foreign("network", there, network.labels)


def refuse_foreign(kind: str, seen: ContainerSeen | NetworkSeen | VolumeSeen, wanted: Mapping[str, str]) -> None:
    """Raise Conflict unless an object with one of our names carries our labels."""
    holder = seen.labels.get(labels.ROOT)
    if holder == wanted[labels.ROOT]:
        return
    if holder is None:
        whose = "was not made by datacats"
        command = "docker rm" if kind == "container" else f"docker {kind} rm"
        hint = f"Remove or rename it yourself: {command} {seen.name}"
    else:
        whose = f"belongs to the data root {seen.labels.get(labels.HOME, holder)}"
        hint = "Use that data root (DATACATS_HOME), or give this environment another name."
    raise Conflict(f"The {kind} {seen.name} {whose}; it is left alone.", hint)
