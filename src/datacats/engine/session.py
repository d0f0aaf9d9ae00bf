"""Commands inside running containers."""

from __future__ import annotations

import io
import signal
import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial

from datacats.engine.attending import attending
from datacats.engine.pump import Pump
from datacats.engine.wire import Wire
from datacats.errors import EngineUnreachable, NoSuchContainer
from datacats.model.ports import Completed, Streams

_LOOK_EVERY, _LOOK_FOR, _LOOK_AGAIN_FOR = 0.01, 5.0, 0.3
_KILLED = 137


def session(wire: Wire, name: str, command: Sequence[str], streams: Streams, *, interruptible: bool = False) -> int:
    """Run a command inside a running container on the caller's streams; see ``Containers.session``."""
    identity = _prepare(wire, name, command, streams)
    started = {"Detach": False, "Tty": streams.terminal}
    ended_by: list[int] = []
    with closing(wire.upgrade(f"/exec/{identity}/start", body=started)) as line:
        pump = Pump(line, streams)

        def end(number: signal.Signals) -> None:
            # The engine offers no way to pass a signal on to a command inside a container.
            ended_by.append(number)
            pump.stop()

        with attending(pump, streams, end, partial(wire.resize, f"/exec/{identity}")) as resize:
            resize()
            pump.run()
    if ended_by and interruptible:
        signal.raise_signal(ended_by[0])
    return 128 + ended_by[0] if ended_by else _exit_code(wire, identity, name)


def execute(wire: Wire, name: str, command: Sequence[str], stdin: bytes) -> Completed:
    """Run a command inside a running container to its end; see ``Containers.execute``."""
    stdout, stderr = io.BytesIO(), io.BytesIO()
    streams = Streams(io.BytesIO(stdin) if stdin else None, stdout, stderr)
    identity = _prepare(wire, name, command, streams)
    with closing(wire.upgrade(f"/exec/{identity}/start", body={"Detach": False, "Tty": False})) as line:
        Pump(line, streams).run()
    return Completed(_exit_code(wire, identity, name), stdout.getvalue(), stderr.getvalue())


def _prepare(wire: Wire, name: str, command: Sequence[str], streams: Streams) -> str:
    told = {
        "Cmd": list(command),
        "AttachStdin": streams.stdin is not None,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": streams.terminal,
    }
    identity: str = wire.call("POST", f"/containers/{name}/exec", body=told)["Id"]
    return identity


def _exit_code(wire: Wire, identity: str, name: str) -> int:
    """Ask how a command ended. Its output may end a moment before the engine has noted that: look until it has."""
    deadline = time.monotonic() + _LOOK_FOR
    while True:
        try:
            told = wire.call("GET", f"/exec/{identity}/json")
        except NoSuchContainer as error:
            raise _ended_under(name) from error
        if not told["Running"]:
            if told["ExitCode"] == _KILLED:
                _check_alive(wire, name)
            return int(told["ExitCode"])
        if time.monotonic() > deadline:
            raise EngineUnreachable(
                f"The Docker Engine at {wire.endpoint} broke off the output of a command that still runs in {name}.",
                "See whether it is well: docker info; then give the command again.",
            )
        time.sleep(_LOOK_EVERY)


def _check_alive(wire: Wire, name: str) -> None:
    """Look for a moment whether the container of a killed command ends as well: the engine notes that later."""
    deadline = time.monotonic() + _LOOK_AGAIN_FOR
    while time.monotonic() < deadline:
        try:
            running = wire.call("GET", f"/containers/{name}/json")["State"]["Running"]
        except NoSuchContainer as error:
            raise _ended_under(name) from error
        if not running:
            raise _ended_under(name)
        time.sleep(_LOOK_EVERY)


def _ended_under(name: str) -> NoSuchContainer:
    return NoSuchContainer(f"{name} ended while a command ran in it.", "Bring it back: datacats start")
