"""From process variables to the real ports."""

from __future__ import annotations

from collections.abc import Mapping

from datacats.engine.client import DockerEngine
from datacats.engine.disk import RealDisk
from datacats.engine.endpoint import find
from datacats.engine.http import RealHttp
from datacats.model.ports import Ports


def connect(env: Mapping[str, str]) -> DockerEngine:
    """Return the Docker Engine that Docker's own tools would use in these process variables; nothing is sent yet."""
    return DockerEngine(find(env))


def connect_all(env: Mapping[str, str]) -> Ports:
    """Return the real ports."""
    return Ports(engine=connect(env), disk=RealDisk(), http=RealHttp(), env=env)
