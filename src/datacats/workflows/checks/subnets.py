"""Whether the range that sites get their subnets from is free, and large enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import network_name
from datacats.model.observed import NetworkSeen
from datacats.model.ports import Disk
from datacats.store.subnets import pairs_left, range_of
from datacats.workflows.checks.facts import Facts, is_ours
from datacats.workflows.checks.seen_data import SeenSite

NAME = "subnets"

_ROUTES = Path("/proc/net/route")
_FEW = 8
_OTHER_RANGE = "Name another private range in the process variable DATACATS_SUBNETS, for example 10.214.0.0/16."


@dataclass(frozen=True, slots=True)
class Route:
    """A route of this host that is no default route."""

    network: IPv4Network
    interface: str


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the range, the engine's networks and the host's routes."""
    within = range_of(facts.env)
    routes = _routes(facts.ports.disk) if facts.engine.is_local else ()
    networks = facts.engine.networks
    found = (
        *(finding for seen in facts.data.sites for finding in lost(seen, networks)),
        *beside(within, routes, networks),
        *room(within, facts.data.every_site, networks),
    )
    return found or (ok(NAME, f"{within} is used by nobody else, and has room."),)


def lost(seen: SeenSite, networks: Sequence[NetworkSeen]) -> Iterator[Finding]:
    """Judge what others have of the subnets that are promised to a site."""
    mine = {network_name(kind, seen.environment.name, seen.site.name) for kind in ("front", "back")}
    promised = [IPv4Network(subnet) for subnet in seen.site.subnets]
    for network in networks:
        overlap = any(theirs.overlaps(each) for theirs in _subnets(network) for each in promised)
        if overlap and network.name not in mine:
            yield Finding(
                NAME,
                Severity.ERROR,
                f"The network {network.name} has a subnet that is promised to {seen.name}.",
                "The networks of the site cannot be made again while it is there.",
                f"If nobody needs it: docker network rm {network.name}",
            )


def beside(within: IPv4Network, routes: Sequence[Route], networks: Sequence[NetworkSeen]) -> Iterator[Finding]:
    """Judge who else uses addresses of the range: routes of this host, and networks that datacats did not make."""
    of_engine = {subnet for network in networks for subnet in _subnets(network)}
    for route in routes:
        if route.network.overlaps(within) and route.network not in of_engine:
            yield Finding(
                NAME,
                Severity.WARNING,
                f"This host reaches {route.network} by {route.interface}; it overlaps with {within}.",
                "Sites and that network hide each other. A VPN often is the reason.",
                _OTHER_RANGE,
            )
    for network in networks:
        if not is_ours(network) and any(subnet.overlaps(within) for subnet in _subnets(network)):
            yield Finding(
                NAME,
                Severity.NOTE,
                f"The network {network.name} lies in {within}; datacats goes around it.",
                "It was not made by datacats.",
                _OTHER_RANGE,
            )


def room(within: IPv4Network, sites: Sequence[SeenSite], networks: Sequence[NetworkSeen]) -> Iterator[Finding]:
    """Judge for how many further sites there is room."""
    taken = [subnet for network in networks for subnet in network.subnets]
    left = pairs_left(within, [*taken, *(subnet for seen in sites for subnet in seen.site.subnets)], _FEW)
    if left < _FEW:
        yield Finding(
            NAME,
            Severity.WARNING if left else Severity.ERROR,
            f"There is room for {left or 'no'} more sites in {within}.",
            "Each site has two subnets of 32 addresses.",
            "Name a larger range in the process variable DATACATS_SUBNETS, or purge environments: datacats purge NAME",
        )


def routes(table: str) -> Iterator[Route]:
    """Read the kernel's table of routes: hexadecimal numbers in the byte order of the machine."""
    for line in table.splitlines()[1:]:
        interface, target, _, _, _, _, _, mask = line.split()[:8]
        if int(mask, 16):
            yield Route(IPv4Network(f"{_address(target)}/{_address(mask)}"), interface)


def _routes(disk: Disk) -> tuple[Route, ...]:
    with suppress(DatacatsError):
        return tuple(routes(disk.read(_ROUTES).decode()))
    return ()


def _address(text: str) -> IPv4Address:
    return IPv4Address(bytes.fromhex(text)[::-1])


def _subnets(network: NetworkSeen) -> tuple[IPv4Network, ...]:
    return tuple(IPv4Network(subnet) for subnet in network.subnets if ":" not in subnet)
