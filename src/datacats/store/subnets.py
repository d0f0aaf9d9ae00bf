"""Subnets of sites: small, explicit, from one range, because Docker's own pools end after 29 networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from itertools import islice

from datacats.errors import Conflict, UsageError

_RANGE = "10.213.0.0/16"
_PREFIX = 27


def range_of(env: Mapping[str, str]) -> IPv4Network:
    """Return the range that subnets come from: ``DATACATS_SUBNETS``, else 10.213.0.0/16."""
    text = env.get("DATACATS_SUBNETS", _RANGE)
    try:
        within = IPv4Network(text)
    except ValueError as error:
        raise UsageError(f"DATACATS_SUBNETS is not a network: {error}.", f"For example: {_RANGE}") from error
    if within.prefixlen >= _PREFIX:
        raise UsageError(f"DATACATS_SUBNETS has no room for the two networks of a site: {text}.", f"Use {_RANGE}")
    return within


def free_pair(within: IPv4Network, taken: Iterable[str]) -> tuple[str, str]:
    """Return two free subnets of 32 addresses. Raises Conflict when the range is used up."""
    pair = tuple(islice(_free(within, taken), 2))
    if len(pair) < 2:  # noqa: PLR2004 - a pair
        raise Conflict(
            f"No two free subnets are left in {within}.",
            "Name a larger range in the process variable DATACATS_SUBNETS, or purge environments you no longer need.",
        )
    return pair[0], pair[1]


def pairs_left(within: IPv4Network, taken: Iterable[str], enough: int) -> int:
    """Return for how many more sites there are subnets; counting ends at ``enough``."""
    return sum(1 for _ in islice(_free(within, taken), 2 * enough)) // 2


def _free(within: IPv4Network, taken: Iterable[str]) -> Iterator[str]:
    used = [net for net in map(ip_network, taken) if isinstance(net, IPv4Network) and net.overlaps(within)]
    return (str(net) for net in within.subnets(new_prefix=_PREFIX) if not any(net.overlaps(other) for other in used))
