"""How the address of an engine was found, in words."""

from __future__ import annotations

from collections.abc import Mapping

from datacats.engine.endpoint import SYSTEM_SOCKET, Endpoint, named_by


def origin(env: Mapping[str, str], endpoint: Endpoint | None = None) -> str:
    """Return why these process variables lead to that endpoint; None means that they lead to none."""
    if named := named_by(env):
        return named
    if endpoint and endpoint.path != str(SYSTEM_SOCKET):
        return "the socket of a rootless engine"
    return "the socket of the system"
