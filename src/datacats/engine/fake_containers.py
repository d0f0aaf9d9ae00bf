"""The containers of a fake engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone

from datacats.engine.fake_world import MEMORY, FakeContainer, Outcome, World, refusal
from datacats.model import labels
from datacats.model.observed import ContainerDetail, ContainerSeen, ContainerUsage
from datacats.model.ports import Completed, LogLine, LogQuery, Streams
from datacats.model.service import ContainerSpec, VolumeSpec

_INTERRUPTED, _KILLED, _SIGNALLED = 130, 137, 143
_NEVER, _ONCE = "0001-01-01T00:00:00Z", "2023-11-14T22:13:20Z"
_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


class FakeContainers:
    """Containers in memory; what each method promises stands in ``model.ports.Containers``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def list(self, *, name: str = "", label: str = "") -> tuple[ContainerSeen, ...]:
        """Return the containers of a name's beginning and a label."""
        self._world.ask("list containers")
        key, equals, value = label.partition("=")
        return tuple(
            _seen(each)
            for each in self._world.containers.values()
            if each.name.startswith(name)
            and (not key or (key in each.spec.labels and (not equals or each.spec.labels[key] == value)))
        )

    def create(self, spec: ContainerSpec) -> str:
        """Make a container and return its id."""
        identity = self._world.identity()
        name = spec.name or f"random_{self._world.made}"
        self._world.change(f"create {name}")
        self._world.image(spec.image)
        if name in self._world.containers:
            held = self._world.containers[name].id
            raise refusal(409, f'Conflict. The container name "/{name}" is already in use by container "{held}".')
        _mount(spec, self._world)
        networks = [attachment.network for attachment in spec.networks[:1]] or ["none"]
        self._world.containers[name] = FakeContainer(identity, name, spec, networks)
        return identity

    def start(self, name: str) -> None:
        """Start it: the test's program says whether its command goes on running."""
        self._world.change(f"start {name}")
        container = self._world.container(name)
        if container.state == "paused":
            raise refusal(409, "cannot start a paused container, try unpause instead")
        if not container.runs:
            _check(container, self._world)
            _begin(self._world, container, b"")

    def stop(self, name: str, grace: int) -> None:
        """Stop it at once; stopped or gone is no error."""
        del grace
        self._world.change(f"stop {name}")
        container = self._world.find(name)
        if container is not None and container.runs:
            end(self._world, container, 0)

    def kill(self, name: str, signal: str) -> None:
        """End it: every signal ends a main process here, but for those that programs use to be told something."""
        self._world.change(f"kill {name} {signal}")
        container = self._world.container(name)
        if not container.runs:
            raise refusal(409, f"Cannot kill container: {name}: Container {container.id} is not running")
        if signal not in {"SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"}:
            end(self._world, container, _KILLED if signal == "SIGKILL" else _SIGNALLED)

    def unpause(self, name: str) -> None:
        """Let a frozen container go on; one that is not frozen is no error."""
        self._world.change(f"unpause {name}")
        container = self._world.container(name)
        if container.state == "paused":
            container.state = "running"

    def remove(self, name: str) -> None:
        """Remove it, running or not; gone is no error."""
        self._world.change(f"remove {name}")
        container = self._world.find(name)
        if container is not None:
            del self._world.containers[container.name]

    def inspect(self, name: str) -> ContainerDetail:
        """Return how it ended or what it does."""
        self._world.ask(f"inspect {name}")
        container = self._world.container(name)
        return ContainerDetail(
            id=container.id,
            name=container.name,
            state=container.state,
            exit_code=container.exit_code,
            out_of_memory=container.out_of_memory,
            error="",
            restarts=container.restarts,
            started=_NEVER if container.state == "created" else container.started,
            finished=_ONCE if container.state == "exited" else _NEVER,
        )

    def usage(self, name: str) -> ContainerUsage:
        """Return what a test says that it uses, of its limit or of all that there is."""
        self._world.ask(f"usage of {name}")
        container = self._world.container(name)
        if not container.runs:
            return ContainerUsage()
        return ContainerUsage(container.memory, container.spec.limits.memory * 2**20 or MEMORY)

    def execute(self, name: str, command: Sequence[str], stdin: bytes = b"") -> Completed:
        """Ask the test's program what a command does."""
        self._world.ask(f"execute in {name}")
        container = self._world.container(name)
        if container.state == "paused":
            raise refusal(409, f"Container {name} is paused, unpause the container before exec")
        if not container.runs:
            raise refusal(409, f"Container {container.id} is not running")
        outcome = self._world.run(name, command, stdin)
        return Completed(outcome.exit_code or 0, outcome.stdout, outcome.stderr)

    def session(self, name: str, command: Sequence[str], streams: Streams, *, interruptible: bool = False) -> int:
        """Ask the test's program what a command does, on the caller's streams."""
        try:
            done = self.execute(name, command, taken(streams))
        except KeyboardInterrupt:
            done = _interrupted(interruptible=interruptible)
        write(Outcome(done.exit_code, done.stdout, done.stderr), streams)
        return done.exit_code

    def run(self, spec: ContainerSpec, streams: Streams, *, interruptible: bool = False) -> int:
        """Run a one-off container to its end: the test's program says what it does, or interrupts it."""
        identity = self.create(replace(spec, auto_remove=True))
        container = self._world.container(identity)
        container.networks = [attachment.network for attachment in spec.networks] or ["none"]
        try:
            _check(container, self._world)
            outcome = _begin(self._world, container, taken(streams))
            write(outcome, streams)
        except KeyboardInterrupt:
            end(self._world, container, _INTERRUPTED)
            return _interrupted(interruptible=interruptible).exit_code
        except BaseException:
            self.remove(container.name)
            raise
        end(self._world, container, outcome.exit_code or 0)
        return outcome.exit_code or 0

    def logs(self, name: str, query: LogQuery) -> Iterator[LogLine]:
        """Return the lines of its log; following one that runs ends where its log does."""
        self._world.ask(f"logs of {name}")
        log = self._world.container(name).log
        lines = [(when, line) for when, line in log if query.since is None or when >= query.since]
        if query.tail is not None:
            lines = lines[len(lines) - query.tail :] if query.tail < len(lines) else lines
        return iter([_stamped(*each) if query.timestamps else each[1] for each in lines])

    def starts(self, name: str) -> Iterator[str]:
        """Yield the id of each container of that name that is started; the end is where nobody starts any more."""
        known = len(self._world.started)

        def read() -> Iterator[str]:
            told = known
            while True:
                while told < len(self._world.started):
                    started, identity = self._world.started[told]
                    told += 1
                    if started == name:
                        yield identity
                if not self._world.meanwhile:
                    return
                self._world.meanwhile.pop(0)()

        return read()


def _interrupted(*, interruptible: bool) -> Completed:
    """Return how a command ends that an interrupt of this process was passed on to. Raises it where that is ours."""
    if interruptible:
        raise KeyboardInterrupt
    return Completed(_INTERRUPTED)


def _begin(world: World, container: FakeContainer, stdin: bytes) -> Outcome:
    outcome = world.run(container.name, container.spec.command, stdin, main=True)
    container.state = "running"
    world.started.append((container.name, container.id))
    for stream, output in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
        lines = output.decode(errors="replace").splitlines()
        container.log.extend((world.now, LogLine(stream, line)) for line in lines)
    if outcome.exit_code is not None:
        end(world, container, outcome.exit_code)
    return outcome


def end(world: World, container: FakeContainer, exit_code: int) -> None:
    """Let a container end; one that is destroyed after is gone."""
    container.state, container.exit_code = "exited", exit_code
    if container.spec.auto_remove:
        world.containers.pop(container.name, None)


def _mount(spec: ContainerSpec, world: World) -> None:
    """Refuse paths that are not seen, and make volumes that are not there, as the engine does."""
    for mount in spec.mounts:
        if mount.volume:
            world.volumes.setdefault(mount.source, VolumeSpec(mount.source, labels.owner(spec.labels)))
        elif world.blind:
            what = f"bind source path does not exist: {mount.source}"
            raise refusal(400, f'invalid mount config for type "bind": {what}')


def _check(container: FakeContainer, world: World) -> None:
    """Refuse a start as the engine does: a network that is gone, a port that is in use."""
    for network in container.networks:
        if network not in world.networks and network not in {"bridge", "host", "none"}:
            raise refusal(404, f"network {network} not found")
    for port in container.spec.ports:
        bind = f"{port.address}:{port.port}"
        if port.port in world.taken:
            raise refusal(500, f"Error starting userland proxy: listen tcp4 {bind}: bind: address already in use")
        for other in world.containers.values():
            if other.runs and any(_clash(port.address, port.port, each) for each in _published(other)):
                raise refusal(500, f"Bind for {bind} failed: port is already allocated")


def _published(container: FakeContainer) -> list[tuple[str, int]]:
    return [(port.address, port.port) for port in container.spec.ports]


def _clash(address: str, port: int, other: tuple[str, int]) -> bool:
    return port == other[1] and (address == other[0] or bool(_EVERYWHERE & {address, other[0]}))


def _stamped(when: float, line: LogLine) -> LogLine:
    moment = datetime.fromtimestamp(int(when), timezone.utc)
    return replace(line, text=f"{moment:%Y-%m-%dT%H:%M:%S}.{round(when % 1 * 10**9):09}Z {line.text}")


def taken(streams: Streams) -> bytes:
    """Return the whole of the caller's input."""
    read = streams.stdin.read() if streams.stdin else b""
    streams.moved(len(read))
    return read


def write(outcome: Outcome, streams: Streams) -> None:
    """Write what a command printed to the caller's streams."""
    streams.stdout.write(outcome.stdout)
    streams.moved(len(outcome.stdout))
    streams.stderr.write(outcome.stderr)


def _seen(container: FakeContainer) -> ContainerSeen:
    words = {"created": "Created", "exited": f"Exited ({container.exit_code}) 1 second ago"}
    return ContainerSeen(
        id=container.id,
        name=container.name,
        image=str(container.spec.image),
        state=container.state,
        status=words.get(container.state, "Up 1 second"),
        labels=container.spec.labels,
        ports=container.spec.ports if container.runs else (),
        networks=tuple(sorted(container.networks)),
    )
