"""The containers of a real engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from datacats.engine import body, cgroup, logs, one_off, session, starts
from datacats.engine.mapping import AlreadySo, BeingRemoved
from datacats.engine.wire import PATIENCE, Wire
from datacats.errors import NoSuchContainer
from datacats.model.observed import ContainerDetail, ContainerSeen, ContainerUsage
from datacats.model.ports import Completed, LogLine, LogQuery, Streams
from datacats.model.service import ContainerSpec, PublishedPort

_ID = re.compile(r"[0-9a-f]{64}")


class DockerContainers:
    """Containers over a wire to the engine; what each method promises stands in ``model.ports.Containers``."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, *, name: str = "", label: str = "") -> tuple[ContainerSeen, ...]:
        """Return all containers of a name's beginning and a label, running or not, by one request.

        Ports are told only of running ones: the engine publishes none for the others.
        """
        filters = {"name": [f"^/?{re.escape(name)}"] if name else [], "label": [label] if label else []}
        told = self._wire.call("GET", "/containers/json", {"all": 1, "filters": json.dumps(filters)})
        return tuple(_seen(each) for each in told)

    def create(self, spec: ContainerSpec) -> str:
        """Make a container on the first of its networks and return its id."""
        query = {"name": spec.name} if spec.name else None
        identity: str = self._wire.call("POST", "/containers/create", query, body.container(spec))["Id"]
        return identity

    def start(self, name: str) -> None:
        """Start it; a running one is no error."""
        self._wire.call("POST", f"/containers/{name}/start")

    def stop(self, name: str, grace: int) -> None:
        """Stop it, killing it after ``grace`` seconds; stopped or gone is no error."""
        with suppress(NoSuchContainer):
            try:
                _stop(self._wire, name, grace)
            except KeyboardInterrupt:  # the engine stops it all the same, and who comes next must not find it running
                _stop(self._wire, name, grace)
                raise

    def kill(self, name: str, signal: str) -> None:
        """Send its main process a signal."""
        self._wire.call("POST", f"/containers/{name}/kill", {"signal": signal})

    def unpause(self, name: str) -> None:
        """Let a frozen container go on; one that is not frozen is no error."""
        with suppress(AlreadySo):
            self._wire.call("POST", f"/containers/{name}/unpause")

    def remove(self, name: str) -> None:
        """Remove it and its anonymous volumes, running or not; return when it is gone."""
        with suppress(NoSuchContainer):
            try:
                self._wire.call("DELETE", f"/containers/{name}", {"force": 1, "v": 1})
            except BeingRemoved:
                self._wire.call("POST", f"/containers/{name}/wait", {"condition": "removed"})

    def inspect(self, name: str) -> ContainerDetail:
        """Return how it ended or what it does."""
        return _detail(self._wire.call("GET", f"/containers/{name}/json"))

    def usage(self, name: str) -> ContainerUsage:
        """Return what it uses at this moment: one sample, for a second one would take a second."""
        counted = cgroup.usage(name) if _ID.fullmatch(name) else None
        if counted is not None:
            return counted
        told = self._wire.call("GET", f"/containers/{name}/stats", {"stream": 0, "one-shot": 1})
        return _usage(told.get("memory_stats") or {})

    def execute(self, name: str, command: Sequence[str], stdin: bytes = b"") -> Completed:
        """Run a command inside a running container to its end."""
        return session.execute(self._wire, name, command, stdin)

    def session(self, name: str, command: Sequence[str], streams: Streams, *, interruptible: bool = False) -> int:
        """Run a command inside a running container on the caller's streams; return its exit status.

        A signal that would end this process ends the session with 128 + its number and leaves the command to notice:
        the engine offers no way to pass it on. Of an ``interruptible`` one it is raised again. A consumer that closes
        the output raises BrokenPipeError.
        """
        return session.session(self._wire, name, command, streams, interruptible=interruptible)

    def run(self, spec: ContainerSpec, streams: Streams, *, interruptible: bool = False) -> int:
        """Make a container, run it to its end on the caller's streams, destroy it; return its exit status.

        A signal that would end this process goes to the container's main process instead; one that takes no notice
        within the container's grace, or until a second signal, is killed. An ``interruptible`` one has moments, and
        the signal is raised again when it has ended, whatever its status. A command that is not there is told on
        standard error and is status 127, as in a shell. A consumer that closes the output raises BrokenPipeError.
        """
        return one_off.run(self._wire, spec, streams, interruptible=interruptible)

    def logs(self, name: str, query: LogQuery) -> Iterator[LogLine]:
        """Return the lines of its log."""
        return logs.lines(self._wire, name, query)

    def starts(self, name: str) -> Iterator[str]:
        """Yield the id of each container of exactly that name that is started after this call."""
        return starts.starts(self._wire, name)


def _stop(wire: Wire, name: str, grace: int) -> None:
    wire.open("POST", f"/containers/{name}/stop", {"t": grace}, patience=grace + PATIENCE).close()


def _seen(told: Mapping[str, Any]) -> ContainerSeen:
    return ContainerSeen(
        id=told["Id"],
        name=told["Names"][0].removeprefix("/") if told.get("Names") else "",
        image=told["Image"],
        state=told["State"],
        status=told["Status"],
        labels=told.get("Labels") or {},
        ports=tuple(_ports(told.get("Ports") or ())),
        networks=tuple(sorted((told.get("NetworkSettings") or {}).get("Networks") or ())),
    )


def _ports(told: Sequence[Mapping[str, Any]]) -> list[PublishedPort]:
    published = (each for each in told if each.get("PublicPort"))
    return sorted(
        (PublishedPort(each.get("IP", ""), each["PublicPort"], each["PrivatePort"]) for each in published),
        key=lambda port: (port.container_port, port.address),
    )


def _detail(told: Mapping[str, Any]) -> ContainerDetail:
    state = told["State"]
    return ContainerDetail(
        id=told["Id"],
        name=told["Name"].removeprefix("/"),
        state=state["Status"],
        exit_code=state["ExitCode"],
        out_of_memory=state["OOMKilled"],
        error=state["Error"],
        restarts=told["RestartCount"],
        started=state["StartedAt"],
        finished=state["FinishedAt"],
    )


def _usage(told: Mapping[str, Any]) -> ContainerUsage:
    counts = told.get("stats") or {}
    idle = counts.get("total_inactive_file", counts.get("inactive_file", 0))  # version 1 of control groups, and 2
    return cgroup.without_idle(told.get("usage", 0), idle, told.get("limit", 0))
