"""The logs of a site's services, one or several interleaved."""

from __future__ import annotations

import heapq
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from datacats.errors import DatacatsError, NoSuchContainer, NotFound
from datacats.model.environment import Environment
from datacats.model.event import Events, Said, ignore
from datacats.model.names import PRIMARY, SERVICES, container_name
from datacats.model.nearest import did_you_mean
from datacats.model.ports import Containers, LogLine, LogQuery
from datacats.store import locate
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Logs:
    """Which logs: no ``services`` means web's. ``query`` applies to each."""

    reference: str | None = None
    site: str = PRIMARY
    services: tuple[str, ...] = ()
    query: LogQuery = field(default_factory=LogQuery)


def logs(wanted: Logs, workspace: Workspace, events: Events = ignore) -> Iterator[tuple[str, LogLine]]:
    """Yield (service, line), in the order of time; following goes on with each container that takes its place.

    Raises NotFound for a service or site that is not there.
    """
    environment = workspace.find(wanted.reference)
    workspace.context(environment, wanted.site)
    services = tuple(dict.fromkeys(check_service(service) for service in wanted.services or ("web",)))
    for service in services:
        ours.container(workspace, environment, wanted.site, service)
    source = _Source(workspace, environment, wanted.site, events)
    if wanted.query.follow:
        return _follow(source, wanted.query, services)
    if len(services) == 1:
        return ((services[0], line) for line in source.lines(services[0], wanted.query))
    return _merge(source, wanted.query, services)


def understood(wanted: Logs, workspace: Workspace) -> Logs:
    """Take a first word that is no service but names an environment as that: with most commands it is."""
    first = wanted.services[0] if wanted.services else ""
    if (
        wanted.reference is None
        and first not in SERVICES
        and locate.is_known(workspace.ports.disk, workspace.root, first)
    ):
        return replace(wanted, reference=first, services=wanted.services[1:])
    return wanted


def check_service(service: str) -> str:
    """Return the name of a service. Raises NotFound with those that there are."""
    if service not in SERVICES:
        hint = did_you_mean(service, SERVICES, f"Services: {', '.join(SERVICES)}")
        raise NotFound(f"There is no service {service!r}.", hint)
    return service


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the lines of a site's services come from, and who is told that one has ended."""

    workspace: Workspace
    environment: Environment
    site: str
    events: Events

    def lines(self, service: str, query: LogQuery) -> Iterator[LogLine]:
        """Return the lines of a service's container."""
        return self.workspace.ports.engine.containers.logs(self._name(service), query)

    def follow(self, service: str, query: LogQuery) -> Iterator[LogLine]:
        """Yield the lines of a service's container, then those of each that is started under its name, for ever.

        One that is started again goes on where it stopped: each line has its moment.
        """
        containers = self.workspace.ports.engine.containers
        starts = containers.starts(self._name(service))
        identity = containers.inspect(self._name(service)).id
        asked, last, began = replace(query, timestamps=True), "", time.time()
        while True:
            told = last
            for line in _whatever_is_left(containers, identity, asked):
                moment, _, text = line.text.partition(" ")
                if moment > told:
                    last = max(last, moment)
                    yield line if query.timestamps else replace(line, text=text)
            self.events(Said(f"{service} has ended; its next start is awaited."))
            before, identity = identity, next(starts, "")
            if not identity:
                return
            since = None if identity != before else _seconds(last) if last else began
            asked = replace(asked, since=since, tail=None)

    def _name(self, service: str) -> str:
        return container_name(service, self.environment.name, self.site)


def _whatever_is_left(containers: Containers, identity: str, query: LogQuery) -> Iterator[LogLine]:
    try:
        return containers.logs(identity, query)
    except NoSuchContainer:  # replaced once more before it could be asked
        return iter(())


def _seconds(moment: str) -> float:
    """Return the whole second of an engine's moment, whose fractions are finer than a float's."""
    return datetime.fromisoformat(f"{moment[:19]}+00:00").timestamp()


def _merge(source: _Source, query: LogQuery, services: Sequence[str]) -> Iterator[tuple[str, LogLine]]:
    streams = [
        [
            (line.text.partition(" "), service, line.stream)
            for line in source.lines(service, replace(query, timestamps=True))
        ]
        for service in services
    ]
    for (moment, _, text), service, stream in heapq.merge(*streams, key=lambda entry: entry[0][0]):
        yield service, LogLine(stream, f"{moment} {text}" if query.timestamps else text)


def _follow(source: _Source, query: LogQuery, services: Sequence[str]) -> Iterator[tuple[str, LogLine]]:
    if len(services) == 1:
        yield from ((services[0], line) for line in source.follow(services[0], query))
        return
    lines: queue.SimpleQueue[tuple[str, LogLine] | DatacatsError | None] = queue.SimpleQueue()

    def pump(service: str) -> None:
        try:
            for line in source.follow(service, query):
                lines.put((service, line))
        except DatacatsError as error:
            lines.put(error)
        finally:  # whatever ended it: who reads must not wait for ever
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
