"""From process variables to the real ports."""

from __future__ import annotations

from collections.abc import Mapping

from datacats.engine.client import DockerEngine
from datacats.engine.disk import RealDisk
from datacats.engine.endpoint import find
from datacats.engine.http import RealHttp
from datacats.engine.origin import origin
from datacats.engine.unfound import UnfoundEngine
from datacats.errors import DatacatsError
from datacats.model.ports import Engine, Ports


def connect(env: Mapping[str, str]) -> DockerEngine:
    """Return the Docker Engine that Docker's own tools would use in these process variables; nothing is sent yet."""
    endpoint = find(env)
    return DockerEngine(endpoint, origin(env, endpoint))


def connect_all(env: Mapping[str, str]) -> Ports:
    """Return the real ports."""
    return _ports(connect(env), env)


def connect_to_look(env: Mapping[str, str]) -> Ports:
    """Return the real ports also where no engine can be found: whoever asks it learns why."""
    try:
        return connect_all(env)
    except DatacatsError as error:
        return _ports(UnfoundEngine(error, origin(env)), env)


def _ports(engine: Engine, env: Mapping[str, str]) -> Ports:
    return Ports(engine=engine, disk=RealDisk(), http=RealHttp(), env=env)
