"""How the address of an engine was found, in words."""

from __future__ import annotations

from collections.abc import Mapping

from datacats.engine.endpoint import SYSTEM_SOCKET, Endpoint, current_context


def origin(env: Mapping[str, str], endpoint: Endpoint | None = None) -> str:
    """Return why these process variables lead to that endpoint; None means that they lead to none."""
    if env.get("DOCKER_HOST"):
        return "DOCKER_HOST"
    context = current_context(env)
    if context != "default":
        return f"the Docker context {context}"
    if endpoint and endpoint.path != str(SYSTEM_SOCKET):
        return "the socket of a rootless engine"
    return "the socket of the system"
