"""The logs of a site's services, one or several interleaved."""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from datacats.errors import DatacatsError, NotFound
from datacats.model.environment import Environment
from datacats.model.names import PRIMARY, SERVICES, container_name
from datacats.model.ports import LogLine, LogQuery
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Logs:
    """Which logs: no ``services`` means web's. ``query`` applies to each."""

    reference: str | None = None
    site: str = PRIMARY
    services: tuple[str, ...] = ()
    query: LogQuery = field(default_factory=LogQuery)


def logs(wanted: Logs, workspace: Workspace) -> Iterator[tuple[str, LogLine]]:
    """Yield (service, line), in the order of time. Raises NotFound for a service or site that is not there."""
    environment = workspace.find(wanted.reference)
    workspace.context(environment, wanted.site)
    services = tuple(dict.fromkeys(check_service(service) for service in wanted.services or ("web",)))
    for service in services:
        ours.container(workspace, environment, wanted.site, service)
    if len(services) == 1:
        return ((services[0], line) for line in _lines(workspace, environment, wanted, services[0], wanted.query))
    if wanted.query.follow:
        return _follow(workspace, environment, wanted, services)
    return _merge(workspace, environment, wanted, services)


def check_service(service: str) -> str:
    """Return the name of a service. Raises NotFound with those that there are."""
    if service not in SERVICES:
        raise NotFound(f"There is no service {service!r}.", f"Services: {', '.join(SERVICES)}")
    return service


def _lines(
    workspace: Workspace, environment: Environment, wanted: Logs, service: str, query: LogQuery
) -> Iterator[LogLine]:
    name = container_name(service, environment.name, wanted.site)
    return workspace.ports.engine.containers.logs(name, query)


def _merge(
    workspace: Workspace, environment: Environment, wanted: Logs, services: Sequence[str]
) -> Iterator[tuple[str, LogLine]]:
    query = replace(wanted.query, timestamps=True)
    streams = [
        [
            (line.text.partition(" "), service, line.stream)
            for line in _lines(workspace, environment, wanted, service, query)
        ]
        for service in services
    ]
    for (moment, _, text), service, stream in heapq.merge(*streams, key=lambda entry: entry[0][0]):
        yield service, LogLine(stream, f"{moment} {text}" if wanted.query.timestamps else text)


def _follow(
    workspace: Workspace, environment: Environment, wanted: Logs, services: Sequence[str]
) -> Iterator[tuple[str, LogLine]]:
    lines: queue.SimpleQueue[tuple[str, LogLine] | DatacatsError | None] = queue.SimpleQueue()

    def pump(service: str) -> None:
        try:
            for line in _lines(workspace, environment, wanted, service, wanted.query):
                lines.put((service, line))
        except DatacatsError as error:
            lines.put(error)
        else:
            lines.put(None)

    for service in services:
        threading.Thread(target=pump, args=(service,), daemon=True).start()
    ended = 0
    while ended < len(services):
        entry = lines.get()
        if isinstance(entry, DatacatsError):
            raise entry
        if entry is None:
            ended += 1
        else:
            yield entry
