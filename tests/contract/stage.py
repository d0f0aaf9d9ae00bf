"""Where the contract of the engine is tested: the fake one, and the real one with objects that only the test owns."""

from __future__ import annotations

import io
import secrets
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from datacats.engine.client import DockerEngine
from datacats.engine.endpoint import parse
from datacats.engine.fake import Call, FakeEngine, Outcome
from datacats.engine.wire import Wire
from datacats.model.image import ImageRef
from datacats.model.ports import Engine, Streams
from datacats.model.service import ContainerSpec, NetworkSpec

BOX = ImageRef("datacats/testbox", "contract")
"""An image with nothing but busybox."""

SOCKET = "/var/run/docker.sock"
BUSYBOX = Path("/usr/bin/busybox")
APPLETS = (
    "cat",
    "chmod",
    "dd",
    "echo",
    "env",
    "false",
    "head",
    "id",
    "kill",
    "ls",
    "mount",
    "nc",
    "sh",
    "sleep",
    "stat",
    "stty",
    "tail",
    "test",
    "touch",
    "true",
    "wc",
    "yes",
)

WAIT = "sleep 1000"
"""What a container does that is to run on."""


def shell(script: str) -> tuple[str, ...]:
    """Return the command that runs a script."""
    return ("sh", "-c", script)


class Stage(Protocol):
    """An engine and what a test does around it."""

    @property
    def engine(self) -> Engine:
        """What is tested."""

    def name(self, what: str = "box") -> str:
        """Return a name for a container or network that nobody else has."""

    def image(self, what: str = "image") -> ImageRef:
        """Return a name for an image that nobody else has."""

    def subnet(self) -> str:
        """Return a subnet that nobody else has."""

    def freeze(self, name: str) -> None:
        """Pause a container, as somebody else would."""

    def take_port(self) -> int:
        """Let a process of the host listen on a port of loopback; return it."""

    def free_port(self) -> int:
        """Return a port that nobody listens on; the one that was taken, when there is one."""

    def registry(self) -> str:
        """Start a registry; return its ``host:port``."""

    def unseen(self) -> str:
        """Return a path that the engine does not see."""

    def spec(self, script: str = WAIT, **changes: Any) -> ContainerSpec:
        """Return the description of a container that runs a script in the box."""

    def network(self) -> NetworkSpec:
        """Return the description of a network that nobody else has."""


class _Common:
    def __init__(self) -> None:
        self.prefix = f"dctest-{secrets.token_hex(2)}-"
        self._made = 0
        self._first = secrets.randbelow(4000)

    def name(self, what: str = "box") -> str:
        self._made += 1
        return f"{self.prefix}{what}-{self._made}"

    def image(self, what: str = "image") -> ImageRef:
        return ImageRef(f"datacats/{self.name(what)}", "1")

    def subnet(self) -> str:
        self._made += 1
        block = (self._first + self._made) % 4096
        return f"10.214.{block // 16}.{block % 16 * 16}/28"

    def spec(self, script: str = WAIT, **changes: Any) -> ContainerSpec:
        told = {"name": self.name(), "image": BOX, "command": shell(script), "user": "1000:1000", "stop_grace": 1}
        return ContainerSpec(**{**told, **changes})

    def network(self) -> NetworkSpec:
        return NetworkSpec(self.name("net"), self.subnet(), internal=True, labels={"dctest": self.prefix})


class FakeStage(_Common):
    """The fake engine, whose programs know the few scripts that the contract uses."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = FakeEngine()
        self.engine.world.program = _box
        self.engine.world.add_image(BOX)
        self._port = 20_000

    def freeze(self, name: str) -> None:
        self.engine.world.container(name).state = "paused"

    def take_port(self) -> int:
        self.engine.world.taken.add(self._port)
        return self._port

    def free_port(self) -> int:
        self.engine.world.taken.clear()
        return self._port

    def registry(self) -> str:
        return "127.0.0.1:5999"

    def unseen(self) -> str:
        self.engine.world.blind = True
        return "/nowhere"

    def close(self) -> None:
        pass


class RealStage(_Common):
    """The real engine; ``close`` removes all that carries this stage's prefix, and nothing else."""

    def __init__(self, address: str = f"unix://{SOCKET}") -> None:
        super().__init__()
        endpoint = parse(address)
        self.engine = DockerEngine(endpoint)
        self.wire = Wire(endpoint)
        self._held: socket.socket | None = None
        self._port = 0
        self._undo = ExitStack()
        make_box(self.engine)

    def freeze(self, name: str) -> None:
        self.wire.call("POST", f"/containers/{name}/pause")

    def take_port(self) -> int:
        self._held = socket.create_server(("127.0.0.1", 0))
        self._port = self._held.getsockname()[1]
        return self._port

    def free_port(self) -> int:
        if self._held is None:
            self.take_port()
        if self._held is not None:
            self._held.close()
        return self._port

    def registry(self) -> str:
        return self._undo.enter_context(registry())

    def unseen(self) -> str:
        return f"/{self.name('nowhere')}"

    def close(self) -> None:
        self._undo.close()
        if self._held is not None:
            self._held.close()
        for container in self.engine.containers.list(name=self.prefix):
            self.engine.containers.remove(container.name)
        for network in self.engine.networks.list():
            if network.name.startswith(self.prefix):
                self.engine.networks.remove(network.name)
        for volume in self.engine.volumes.list():
            if volume.name.startswith(self.prefix):
                self.engine.volumes.remove(volume.name)
        for pattern in (f"datacats/{self.prefix}*", f"*/datacats/{self.prefix}*"):
            for image in self.engine.images.list(pattern):
                for name in image.names:
                    self.engine.images.remove(ImageRef.parse(name))


def make_box(engine: DockerEngine) -> None:
    """Make the box from the busybox of Debian's package busybox-static, unless it is there."""
    if engine.images.exists(BOX):
        return
    assert BUSYBOX.exists(), "the contract of the real engine needs a static busybox: apt-get install busybox-static"
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for directory, mode in (("bin", 0o755), ("dev", 0o755), ("etc", 0o755), ("proc", 0o755), ("tmp", 0o1777)):
            entry = tarfile.TarInfo(directory)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
        archive.add(BUSYBOX, "bin/busybox")
        for applet in APPLETS:
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(entry)
    engine.images.take_root([content.getvalue()], BOX)


@contextmanager
def registry() -> Iterator[str]:
    """Run a registry of images in memory while the context lasts (Debian's package docker-registry)."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    config = f"version: 0.1\nstorage: {{inmemory: {{}}}}\nhttp: {{addr: '{address}'}}\nlog: {{level: error}}\n"
    with subprocess.Popen(
        ["docker-registry", "serve", "/dev/stdin"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdin is not None
            process.stdin.write(config.encode())
            process.stdin.close()
            wait_until(lambda: _listens(address), "the registry listens")
            yield address
        finally:
            process.kill()


def wait_until(done: Callable[[], object], what: str, seconds: float = 20.0) -> None:
    """Look often until something is so; fail when it does not become so."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not so within {seconds} s: {what}"
        time.sleep(0.01)


def _listens(address: str) -> bool:
    host, port = address.split(":")
    with closing(socket.socket()) as link:
        return link.connect_ex((host, int(port))) == 0


class Output:
    """Streams in memory, for a command's input and output."""

    def __init__(self, stdin: bytes | None = None) -> None:
        self._stdout, self._stderr = io.BytesIO(), io.BytesIO()
        self.streams = Streams(None if stdin is None else io.BytesIO(stdin), self._stdout, self._stderr)

    @property
    def stdout(self) -> bytes:
        return self._stdout.getvalue()

    @property
    def stderr(self) -> bytes:
        return self._stderr.getvalue()


def _box(call: Call) -> Outcome:
    """Do what the box does for the scripts of the contract."""
    script = call.command[-1]
    if script.endswith(WAIT):
        said = script.removesuffix(WAIT)
        return Outcome(None, *_said(said))
    if script.startswith("exit "):
        return Outcome(int(script.split()[1]))
    if script == "cat":
        return Outcome(0, call.stdin)
    ended = script.rpartition("exit ")[2]
    return Outcome(int(ended) if ended.isdigit() else 0, *_said(script))


def _said(script: str) -> tuple[bytes, bytes]:
    """What the ``echo`` commands of a script print on each output."""
    stdout, stderr = b"", b""
    for command in script.split("; "):
        if command.startswith("echo "):
            words = command.removeprefix("echo ")
            if words.endswith(" >&2"):
                stderr += words.removesuffix(" >&2").encode() + b"\n"
            else:
                stdout += words.encode() + b"\n"
    return stdout, stderr
