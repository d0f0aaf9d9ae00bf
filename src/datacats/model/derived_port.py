"""The published port that follows from a name: the same on every machine."""

from __future__ import annotations

import hashlib

from datacats.model.names import PRIMARY

_FIRST_PORT, _LAST_PORT = 5000, 5999

REFUSED_PORTS = frozenset({5000, 5060, 5061, 5432})
"""Ports a derived port never takes: browsers refuse SIP's, hosts often use the others."""


def port_key(environment: str, site: str) -> str:
    """What the derived port is made from: NAME, for a further site NAME-SITE."""
    return environment if site == PRIMARY else f"{environment}-{site}"


def derived_port(environment: str, site: str = PRIMARY) -> int:
    """The published port of a site that asked for none: 5000-5999, the same on every machine.

    5000 + (first 8 bytes of SHA-1 of the key, little endian) mod 1000, as the first datacats did.
    """
    digest = hashlib.sha1(port_key(environment, site).encode(), usedforsecurity=False).digest()
    return next_port(_FIRST_PORT + int.from_bytes(digest[:8], "little") % 1000 - 1)


def next_port(port: int) -> int:
    """The next port after ``port`` that a derived port may take, within 5000-5999."""
    port = port + 1 if port < _LAST_PORT else _FIRST_PORT
    while port in REFUSED_PORTS:
        port += 1
    return port
