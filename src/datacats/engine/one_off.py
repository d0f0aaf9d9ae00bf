"""One-off containers: made for one command on the caller's streams, destroyed after."""

from __future__ import annotations

import signal
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial

from datacats.engine import body
from datacats.engine.attending import attending
from datacats.engine.init import FirstWords
from datacats.engine.mapping import BeingRemoved
from datacats.engine.pump import Pump
from datacats.engine.wire import Answer, Wire
from datacats.errors import EngineError, EngineUnreachable, NoSuchContainer
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec

_ATTACHED = {"stream": 1, "stdout": 1, "stderr": 1}
_LOOK_AFTER = 5.0
_SIGNALLED = 128
_MOMENTS = 3


def run(wire: Wire, spec: ContainerSpec, streams: Streams, *, interruptible: bool = False) -> int:
    """Run a one-off container on the caller's streams; see ``Containers.run``.

    The engine's init is its first process, and passes signals on.
    """
    spec = replace(spec, auto_remove=True, terminal=streams.terminal)
    told = body.container(spec, stdin=streams.stdin is not None, init=True)
    container: str = wire.call("POST", "/containers/create", {"name": spec.name} if spec.name else None, told)["Id"]
    try:
        for attachment in spec.networks[1:]:
            joined = {"Container": container, "EndpointConfig": body.endpoint(attachment)}
            wire.call("POST", f"/networks/{attachment.network}/connect", body=joined)
        return _attached(wire, f"/containers/{container}", spec, streams, interruptible=interruptible)
    except BaseException:
        destroy(wire, container)
        raise


def _attached(wire: Wire, path: str, spec: ContainerSpec, streams: Streams, *, interruptible: bool) -> int:
    """Start a container with everything in place before, so that neither output nor status is ever missed."""
    query = {**_ATTACHED, "stdin": int(streams.stdin is not None)}
    first = FirstWords(streams.stdout if streams.terminal else streams.stderr)
    heard = replace(streams, stdout=first.file) if streams.terminal else replace(streams, stderr=first.file)
    with (
        closing(wire.upgrade(f"{path}/attach", query)) as line,
        closing(wire.open("POST", f"{path}/wait", {"condition": "removed"}, patience=None)) as ending,
    ):
        pump = Pump(line, heard)
        grace = min(spec.stop_grace, _MOMENTS) if interruptible else spec.stop_grace
        watch = Watch(wire, path, pump, grace, signal.Signals[spec.stop_signal])
        pump.wait_for(ending)
        pump.when_one_ends(watch.look_later)
        with attending(pump, streams, watch.pass_on, partial(wire.resize, path)) as resize:
            wire.call("POST", f"{path}/start")
            resize()
            pump.run()
        if interruptible and watch.passed:
            signal.raise_signal(watch.passed)
        status = _status(ending, wire)
    first.check(status)
    return _SIGNALLED + watch.passed if watch.passed and watch.passed is not watch.sent else status


class Watch:
    """Passes signals on to a running container, and notices when its connection is lost.

    ``passed`` is the first that was passed on, ``sent`` what it was passed on as.
    """

    def __init__(
        self, wire: Wire, path: str, pump: Pump, grace: int, stop_signal: signal.Signals = signal.SIGTERM
    ) -> None:
        self._wire = wire
        self._path = path
        self._pump = pump
        self._grace = grace
        self._stop_signal = stop_signal
        self.passed: signal.Signals | None = None
        self.sent: signal.Signals | None = None

    def pass_on(self, number: signal.Signals) -> None:
        """Pass a first signal on and kill after the grace; kill at the second."""
        if self.passed:
            self._kill()
            return
        self.passed = number
        self._pump.alarm(self._grace, self._kill)
        self.sent = self._stop_signal if number is signal.SIGTERM else number
        send_signal(self._wire, self._path, self.sent)

    def look_later(self) -> None:
        """See in a moment whether the container has ended: either output or status has, and that is one event."""
        self._pump.alarm(_LOOK_AFTER, self._look)

    def _look(self) -> None:
        try:
            running = self._wire.call("GET", f"{self._path}/json")["State"]["Running"]
        except NoSuchContainer as error:
            raise cut(self._wire) from error
        if running:
            raise cut(self._wire)
        self.look_later()  # the engine is still removing it

    def _kill(self) -> None:
        send_signal(self._wire, self._path, signal.SIGKILL)


def _status(ending: Answer, wire: Wire) -> int:
    told = ending.json()
    if told is None:
        raise cut(wire)
    if told.get("Error"):
        raise EngineError(
            f"The Docker Engine did not end a one-off container well: {told['Error'].get('Message')}",
            "See what it logs: sudo journalctl --unit docker",
        )
    return int(told["StatusCode"])


def cut(wire: Wire) -> EngineUnreachable:
    """Return the error for a connection that broke off while a container ran."""
    return EngineUnreachable(
        f"The connection to the Docker Engine at {wire.endpoint} broke off while a container ran.",
        "See whether it still runs: docker info; then give the command again.",
    )


def send_signal(wire: Wire, path: str, number: signal.Signals) -> None:
    """Send a container's main process a signal; one that has ended needs none."""
    with suppress(NoSuchContainer):
        wire.call("POST", f"{path}/kill", {"signal": number.name})


def destroy(wire: Wire, container: str) -> None:
    """Remove a container; one that is gone, or going, is no error."""
    with suppress(NoSuchContainer, BeingRemoved):
        wire.call("DELETE", f"/containers/{container}", {"force": 1, "v": 1})
