"""Carry a plan out on the ports, telling each step; decide nothing."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from functools import singledispatch
from typing import TYPE_CHECKING

from datacats.apply.meter import Meter
from datacats.apply.wait import check_alive, wait_for
from datacats.errors import CommandFailed, DatacatsError, NoSuchContainer
from datacats.model import plan as op
from datacats.model.event import Event, Events, Finished, Progressed, Started
from datacats.model.plan import Operation, Plan
from datacats.model.ports import Ports, Streams
from datacats.model.step import Step

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_TAIL = 20


def apply(plan: Plan, ports: Ports, events: Events) -> None:
    """Carry out every operation in order. The first that fails ends it, with the operation named in the error."""
    for number, operation in enumerate(plan, 1):
        events(Started(operation, number, len(plan)))
        began = time.monotonic()
        try:
            note = _do(operation, ports, events)
        except DatacatsError as error:
            error.during = str(operation)
            raise
        events(Finished(operation, time.monotonic() - began, note or ""))


@singledispatch
def _do(operation: Operation, ports: Ports, events: Events) -> str | None:
    raise NotImplementedError(type(operation).__name__)


@_do.register
def _(operation: op.MakeDirectory, ports: Ports, _events: Events) -> None:
    ports.disk.make_directory(operation.path, operation.mode, operation.owner)


@_do.register
def _(operation: op.PlaceFile, ports: Ports, _events: Events) -> None:
    ports.disk.place(operation.path, operation.content, operation.mode, operation.owner)


@_do.register
def _(operation: op.CloneTree, ports: Ports, events: Events) -> str:
    meter = Meter(operation, events, "")
    return ports.disk.clone_tree(operation.source, operation.target, operation.owner, meter.more)


@_do.register
def _(operation: op.MovePath, ports: Ports, _events: Events) -> None:
    ports.disk.move(operation.source, operation.target)


@_do.register
def _(operation: op.Flush, ports: Ports, _events: Events) -> None:
    ports.disk.flush(operation.path)


@_do.register
def _(operation: op.RemoveTree, ports: Ports, _events: Events) -> None:
    ports.disk.remove_tree(operation.path)


@_do.register
def _(operation: op.RunProgram, ports: Ports, _events: Events) -> None:
    done = ports.disk.run(operation.command)
    if done.exit_code != 0:
        what = f"{operation.command[0]} ended with status {done.exit_code}."
        raise _failed(what, operation.hint, done.stderr)


@_do.register
def _(operation: op.CreateNetwork, ports: Ports, _events: Events) -> None:
    ports.engine.networks.create(operation.spec)


@_do.register
def _(operation: op.RemoveNetwork, ports: Ports, _events: Events) -> None:
    ports.engine.networks.remove(operation.name)


@_do.register
def _(operation: op.CreateVolume, ports: Ports, _events: Events) -> None:
    ports.engine.volumes.create(operation.spec)


@_do.register
def _(operation: op.RemoveVolume, ports: Ports, _events: Events) -> None:
    ports.engine.volumes.remove(operation.name)


@_do.register
def _(operation: op.CreateContainer, ports: Ports, _events: Events) -> None:
    ports.engine.containers.create(operation.spec.labelled())


@_do.register
def _(operation: op.ConnectNetwork, ports: Ports, _events: Events) -> None:
    ports.engine.networks.connect(operation.container, operation.attachment)


@_do.register
def _(operation: op.DisconnectNetwork, ports: Ports, _events: Events) -> None:
    ports.engine.networks.disconnect(operation.container, operation.network)


@_do.register
def _(operation: op.StartContainer, ports: Ports, _events: Events) -> None:
    ports.engine.containers.start(operation.name)


@_do.register
def _(operation: op.UnpauseContainer, ports: Ports, _events: Events) -> None:
    ports.engine.containers.unpause(operation.name)


@_do.register
def _(operation: op.StopContainer, ports: Ports, _events: Events) -> None:
    ports.engine.containers.stop(operation.name, operation.grace)


@_do.register
def _(operation: op.RemoveContainer, ports: Ports, _events: Events) -> None:
    ports.engine.containers.remove(operation.name)


@_do.register
def _(operation: op.RunSql, ports: Ports, _events: Events) -> None:
    try:
        done = ports.engine.containers.execute(operation.container, operation.command, operation.sql.encode())
    except NoSuchContainer:
        check_alive(operation.container, ports)
        raise
    if done.exit_code != 0:
        what = f"SQL in {operation.container} failed ({operation.what})."
        raise _failed(what, "See what the server says: datacats logs postgres", done.stderr or done.stdout)


@_do.register
def _(operation: op.RunOneOff, ports: Ports, events: Events) -> None:
    output = _Counted(operation, events) if operation.counting else io.BytesIO()
    given = io.BytesIO(operation.stdin) if operation.stdin else None
    streams = Streams(given, output, output)
    status = ports.engine.containers.run(operation.spec.labelled(), streams, interruptible=True)
    if status != 0:
        what = f"{operation.what or ' '.join(operation.spec.command)} ended with status {status}."
        raise _failed(what, "The last lines that it printed say why.", output.getvalue())


@_do.register
def _(operation: op.Wait, ports: Ports, _events: Events) -> None:
    wait_for(operation.probe, ports)


@_do.register
def _(operation: op.ImportBase, ports: Ports, _events: Events) -> None:
    ports.engine.images.take_root([ports.disk.read(operation.archive)], operation.ref)


@_do.register
def _(operation: op.PullImage, ports: Ports, events: Events) -> None:
    _tell(operation, ports.engine.images.pull(operation.remote), events)
    if operation.remote != operation.local:
        ports.engine.images.tag(operation.remote, operation.local)
        ports.engine.images.remove(operation.remote)


@_do.register
def _(operation: op.PushImage, ports: Ports, events: Events) -> None:
    ports.engine.images.tag(operation.local, operation.remote)
    try:
        _tell(operation, ports.engine.images.push(operation.remote), events)
    finally:  # a name that nothing asks for would hold the image for ever
        ports.engine.images.remove(operation.remote)


@_do.register
def _(operation: op.RemoveImage, ports: Ports, _events: Events) -> None:
    ports.engine.images.remove(operation.ref)


@_do.register
def _(operation: op.BuildImage, ports: Ports, events: Events) -> None:
    _tell(operation, ports.engine.images.build(operation.context), events)


def _tell(operation: Operation, steps: Iterator[Step], events: Callable[[Event], None]) -> None:
    for step in steps:
        events(Progressed(operation, step))


class _Counted(io.BytesIO):
    """What a one-off container prints, and an event whenever that says how far it has come."""

    def __init__(self, operation: op.RunOneOff, events: Events) -> None:
        super().__init__()
        self._meter = Meter(operation, events, operation.counting, "datasets")
        self._count = re.compile(re.escape(operation.counting.encode()) + rb" *(\d+)/(\d+)")

    def write(self, piece: ReadableBuffer, /) -> int:
        """Keep a piece, and tell the last count in it."""
        if counts := self._count.findall(bytes(piece)):
            self._meter.at(*map(int, counts[-1]))
        return super().write(piece)


def _failed(what: str, hint: str, output: bytes) -> CommandFailed:
    error = CommandFailed(what, hint, detail=last_lines(output))
    error.output = output.decode(errors="replace")
    return error


def last_lines(output: bytes) -> str:
    """Return the end of what a program printed: what an error shows of it."""
    return "\n".join(output.decode(errors="replace").splitlines()[-_TAIL:])
