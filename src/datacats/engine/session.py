"""Commands whose input and output are somebody's: in a container of their own, or in one that runs."""

from __future__ import annotations

import io
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace

from datacats.engine import body
from datacats.engine.mapping import BeingRemoved, NotExecutable
from datacats.engine.pump import Pump
from datacats.engine.terminal import held_back, raw_mode, window_size
from datacats.engine.wire import Answer, Wire
from datacats.errors import EngineError, EngineUnreachable, NoSuchContainer
from datacats.model.ports import Completed, Streams
from datacats.model.service import ContainerSpec

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_ATTACHED = {"stream": 1, "stdout": 1, "stderr": 1}
_LOOK_EVERY, _LOOK_FOR, _LOOK_AGAIN_FOR = 0.01, 5.0, 0.3
_KILLED = 137


def run(wire: Wire, spec: ContainerSpec, streams: Streams) -> int:
    """Run a one-off container on the caller's streams; see ``Containers.run``."""
    spec = replace(spec, auto_remove=True, terminal=streams.terminal)
    told = body.container(spec, stdin=streams.stdin is not None)
    container: str = wire.call("POST", "/containers/create", {"name": spec.name} if spec.name else None, told)["Id"]
    try:
        for attachment in spec.networks[1:]:
            joined = {"Container": container, "EndpointConfig": body.endpoint(attachment)}
            wire.call("POST", f"/networks/{attachment.network}/connect", body=joined)
        return _attached(wire, container, spec, streams)
    except NotExecutable as error:
        _destroy(wire, container)
        streams.stderr.write(f"{error.message}\n".encode())
        return error.status
    except BaseException:
        _destroy(wire, container)
        raise


def session(wire: Wire, name: str, command: Sequence[str], streams: Streams) -> int:
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

        with _attending(wire, f"/exec/{identity}", pump, streams, end) as resize:
            resize()
            pump.run()
    return 128 + ended_by[0] if ended_by else _exit_code(wire, identity, name)


def execute(wire: Wire, name: str, command: Sequence[str], stdin: bytes) -> Completed:
    """Run a command inside a running container to its end; see ``Containers.execute``."""
    stdout, stderr = io.BytesIO(), io.BytesIO()
    streams = Streams(io.BytesIO(stdin) if stdin else None, stdout, stderr)
    identity = _prepare(wire, name, command, streams)
    with closing(wire.upgrade(f"/exec/{identity}/start", body={"Detach": False, "Tty": False})) as line:
        Pump(line, streams).run()
    return Completed(_exit_code(wire, identity, name), stdout.getvalue(), stderr.getvalue())


def _attached(wire: Wire, container: str, spec: ContainerSpec, streams: Streams) -> int:
    """Start a container with everything in place before, so that neither output nor status is ever missed."""
    path = f"/containers/{container}"
    query = {**_ATTACHED, "stdin": int(streams.stdin is not None)}
    awaited = {"condition": "removed"}
    with (
        closing(wire.upgrade(f"{path}/attach", query)) as line,
        closing(wire.open("POST", f"{path}/wait", awaited, patience=None)) as ending,
    ):
        pump = Pump(line, streams)
        pump.wait_for(ending)
        passed: list[int] = []

        def kill() -> None:
            with suppress(NoSuchContainer):
                wire.call("POST", f"{path}/kill", {"signal": "SIGKILL"})

        def pass_on(number: signal.Signals) -> None:
            if passed:
                kill()
                return
            passed.append(number)
            pump.alarm(spec.stop_grace, kill)
            with suppress(NoSuchContainer):
                wire.call("POST", f"{path}/kill", {"signal": number.name})

        with _attending(wire, path, pump, streams, pass_on) as resize:
            wire.call("POST", f"{path}/start")
            resize()
            pump.run()
        return _status(ending, wire)


@contextmanager
def _attending(
    wire: Wire, path: str, pump: Pump, streams: Streams, on_signal: Callable[[signal.Signals], None]
) -> Iterator[Callable[[], None]]:
    """Let a pump attend to signals, and with a terminal to its keys and size; hand out what sets the size."""

    def resize() -> None:
        size = window_size(streams.stdout) if streams.terminal else None
        if size:
            with suppress(EngineError):  # a command that has ended meanwhile needs no size
                wire.call("POST", f"{path}/resize", size)

    def react() -> None:
        for number in signals.take():
            if number == signal.SIGWINCH:
                resize()
            else:
                on_signal(number)

    numbers = (*_ENDING, signal.SIGWINCH) if streams.terminal else _ENDING
    with held_back(*numbers) as signals, raw_mode(streams.stdin if streams.terminal else None):
        pump.watch(signals, react)
        yield resize


def _status(ending: Answer, wire: Wire) -> int:
    told = ending.json()
    if told is None:
        raise EngineUnreachable(
            f"The Docker Engine at {wire.endpoint} ended while a container ran.",
            "See whether it runs again: docker info; then give the command again.",
        )
    if told.get("Error"):
        raise EngineError(f"The Docker Engine lost the container: {told['Error'].get('Message')}", "Try again.")
    return int(told["StatusCode"])


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


def _destroy(wire: Wire, container: str) -> None:
    with suppress(NoSuchContainer, BeingRemoved):
        wire.call("DELETE", f"/containers/{container}", {"force": 1, "v": 1})
