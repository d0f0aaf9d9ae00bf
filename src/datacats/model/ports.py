"""The ports: all that datacats asks of the world outside, as protocols. The engine room makes them real."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from datacats.model.image import BuildContext, ImageRef
from datacats.model.observed import (
    ContainerDetail,
    ContainerSeen,
    ContainerUsage,
    EngineInfo,
    ImageSeen,
    NetworkSeen,
    VolumeSeen,
)
from datacats.model.service import Attachment, ContainerSpec, NetworkSpec, VolumeSpec
from datacats.model.step import Step


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command inside a container ended, and what it printed."""

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""


Moved = Callable[[int], None]
"""Is told how many bytes were moved, piece by piece."""


def nobody(_count: int) -> None:
    """Hear of bytes that were moved, and do nothing."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Where a one-off container's input comes from and its output goes.

    With ``terminal`` set, the caller's terminal is handed through: raw mode, window size, one output stream. ``moved``
    is told the number of bytes of each piece of input that was read, and of standard output that was written.
    """

    stdin: BinaryIO | None
    stdout: BinaryIO
    stderr: BinaryIO
    terminal: bool = False
    moved: Moved = nobody


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a container's log, without its line end; ``stream`` is stdout or stderr."""

    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which part of a log: the last ``tail`` lines (None = all), since a Unix time, followed, with timestamps."""

    follow: bool = False
    tail: int | None = None
    since: float | None = None
    timestamps: bool = False


class Containers(Protocol):
    """Containers of the engine. ``name`` arguments take a name or an id.

    Every method raises EngineUnreachable when the engine cannot be reached and EngineError when it fails.
    """

    def list(self, *, name: str = "", label: str = "") -> tuple[ContainerSeen, ...]:
        """Return all containers, running or not, whose name begins with ``name`` and that carry ``label``.

        ``label`` is ``KEY`` or ``KEY=VALUE``. One request, however many containers there are.
        """

    def create(self, spec: ContainerSpec) -> str:
        """Make a container on the first of its networks; return its id. Raises NameTaken, ImageMissing."""

    def start(self, name: str) -> None:
        """Start it; a running one is no error.

        Raises NoSuchContainer (also when one of its networks is gone), AddressTaken (published port in use).
        """

    def stop(self, name: str, grace: int) -> None:
        """Stop it, killing it after ``grace`` seconds; stopped or gone is no error."""

    def kill(self, name: str, signal: str) -> None:
        """Send its main process a signal. Raises NoSuchContainer when it is gone or does not run."""

    def unpause(self, name: str) -> None:
        """Let a frozen container go on; one that is not frozen is no error. Raises NoSuchContainer."""

    def remove(self, name: str) -> None:
        """Remove it, running or not; gone is no error."""

    def inspect(self, name: str) -> ContainerDetail:
        """Return how it ended or what it does. Raises NoSuchContainer."""

    def usage(self, name: str) -> ContainerUsage:
        """Return what it uses at this moment, at once. Raises NoSuchContainer when it is gone."""

    def execute(self, name: str, command: Sequence[str], stdin: bytes = b"") -> Completed:
        """Run a command inside a running container to its end.

        Raises NoSuchContainer when the container does not run or ends under the command, Conflict when it is paused.
        """

    def session(self, name: str, command: Sequence[str], streams: Streams, *, interruptible: bool = False) -> int:
        """Run a command inside a running container on the caller's streams; return its exit status.

        A signal ends it with 128 and its number; an ``interruptible`` one is left, and it is this process that gets
        the signal. Raises NoSuchContainer when the container does not run or ends under the command, BrokenPipeError.
        """

    def run(self, spec: ContainerSpec, streams: Streams, *, interruptible: bool = False) -> int:
        """Make a container, run it to its end on the caller's streams, destroy it; return its exit status.

        A signal that would end this process is the command's; where the spec's ``stop_signal`` is another one than
        SIGTERM, that is sent for SIGTERM, and the status is still 143. Of an ``interruptible`` one, which works for us
        and not for a person, it is the end: killed where it takes no notice within moments, and then, whatever its
        status, this process gets the signal after all: KeyboardInterrupt for SIGINT.

        Destroyed also when interrupted. Raises what create and start raise, BrokenPipeError when a consumer has closed
        an output, and EngineError, with the exit code that a shell gives, for a command that is not in the image.
        """

    def logs(self, name: str, query: LogQuery) -> Iterator[LogLine]:
        """Return the lines of its log. Raises NoSuchContainer."""

    def starts(self, name: str) -> Iterator[str]:
        """Yield the id of each container of exactly that name that is started after this call, waiting for the next."""


class Spares(Protocol):
    """Containers that wait for one command and end with it. Their specs say ``stdin_open`` and ``auto_remove``."""

    def take(self, name: str, new: str) -> None:
        """Give it another name: of two who do so by the same name only one can. Raises NoSuchContainer, NameTaken.

        Interrupted, it leaves nothing under the new name.
        """

    def run(self, name: str, argv: Sequence[str], streams: Streams) -> int:
        """Run a command in it, as in a one-off container; return its exit status. Destroyed also when interrupted.

        Raises NoSuchContainer when it is gone before the command has begun, and BrokenPipeError when a consumer has
        closed an output.
        """


class Networks(Protocol):
    """Networks of the engine."""

    def list(self) -> tuple[NetworkSeen, ...]:
        """Return all networks of the engine, sorted by name: foreign ones matter for their subnets."""

    def create(self, spec: NetworkSpec) -> None:
        """Make a network. Raises NameTaken, AddressTaken (subnet in use)."""

    def remove(self, name: str) -> None:
        """Remove it; gone is no error. Raises Conflict while containers are on it."""

    def connect(self, container: str, attachment: Attachment) -> None:
        """Join a container to a network; already joined is no error. Raises NoSuchContainer."""

    def disconnect(self, container: str, network: str) -> None:
        """Take a container from a network; one that is not on it, or gone, is no error."""


class Volumes(Protocol):
    """Volumes of the engine."""

    def list(self) -> tuple[VolumeSeen, ...]:
        """Return all named volumes of the engine, sorted by name: a foreign one may have one of our names."""

    def sizes(self) -> Mapping[str, int]:
        """Return the bytes that each volume holds; one that the engine does not count is left out. It may take long."""

    def create(self, spec: VolumeSpec) -> None:
        """Make a volume; one that is there is left as it is, with the labels it has."""

    def remove(self, name: str) -> None:
        """Remove it and what it holds; gone is no error. Raises Conflict while a container has it, running or not."""


class Images(Protocol):
    """Images of the engine."""

    def list(self, repository: str = "datacats/*") -> tuple[ImageSeen, ...]:
        """Return the local images whose repository matches a pattern."""

    def exists(self, ref: ImageRef) -> bool:
        """Whether an image of that name is there."""

    def build(self, context: BuildContext) -> Iterator[Step]:
        """Build an image, telling each step. Raises BuildFailed with the last lines."""

    def pull(self, ref: ImageRef) -> Iterator[Step]:
        """Fetch an image from the registry in its name. Raises ImageMissing when the registry has none."""

    def push(self, ref: ImageRef) -> Iterator[Step]:
        """Send an image to the registry in its name. Raises ImageMissing, EngineError."""

    def tag(self, ref: ImageRef, new: ImageRef) -> None:
        """Give an image a further name. Raises ImageMissing."""

    def remove(self, ref: ImageRef) -> None:
        """Take a name from an image, and the image with its last name; gone is no error. Raises Conflict in use."""

    def save(self, refs: Sequence[ImageRef]) -> Iterator[bytes]:
        """Return images as one archive, in chunks. Raises ImageMissing."""

    def load(self, archive: Iterable[bytes]) -> None:
        """Take in an archive that ``save`` made."""

    def take_root(self, archive: Iterable[bytes], ref: ImageRef) -> None:
        """Make an image from the archive of a root file system."""


class Engine(Protocol):
    """The Docker Engine."""

    @property
    def containers(self) -> Containers:
        """Its containers."""

    @property
    def spares(self) -> Spares:
        """Its containers that wait for a command."""

    @property
    def networks(self) -> Networks:
        """Its networks."""

    @property
    def volumes(self) -> Volumes:
        """Its volumes."""

    @property
    def images(self) -> Images:
        """Its images."""

    @property
    def host(self) -> str:
        """The host that published ports are reached on: 127.0.0.1 unless the engine is elsewhere."""

    @property
    def address(self) -> str:
        """Where it listens and how that was found, for people: ``/run/docker.sock (DOCKER_HOST)``."""

    def info(self) -> EngineInfo:
        """Return the engine as it describes itself. Raises EngineUnreachable."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies at a path. ``kind`` is file, directory, link or other; ``size`` in bytes."""

    kind: str
    size: int
    mode: int
    uid: int
    gid: int


class Disk(Protocol):
    """The file system. Paths are absolute. Every method raises DiskError with the cause."""

    def entry(self, path: Path) -> Entry | None:
        """Return what lies there (links not followed), or None."""

    def read(self, path: Path) -> bytes:
        """Return the content of a file. Raises DiskError also when there is none."""

    def names(self, path: Path) -> tuple[str, ...]:
        """Return the sorted names in a directory; empty when there is none."""

    def place(self, path: Path, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
        """Write a file whole: temporary name, fsync, rename, fsync of the directory."""

    def make_directory(self, path: Path, mode: int, owner: tuple[int, int] | None = None) -> None:
        """Make a directory and its parents; one that is there is left as it is."""

    def clone_tree(
        self, source: Path, target: Path, owner: tuple[int, int] | None = None, moved: Moved = nobody
    ) -> str:
        """Copy a tree to a path where nothing is yet; return how: ``reflink`` or ``copy``.

        ``moved`` is told the size of each file that has content.
        """

    def move(self, source: Path, target: Path) -> None:
        """Rename; the directory that holds the target is synced."""

    def flush(self, path: Path) -> None:
        """Return when all that was written to the file system of a path so far outlives a power cut."""

    def remove_tree(self, path: Path) -> None:
        """Remove a file or tree; gone is no error."""

    def lock(
        self, path: Path, what: str, *, wait: float, tell: Callable[[str], None] | None = None
    ) -> AbstractContextManager[None]:
        """Hold an exclusive kernel lock on a file while the context lasts.

        Waits up to ``wait`` seconds, then raises Busy naming the holder (process, command, since when). ``tell`` is
        told once, when a moment has passed, who is waited for.
        """

    def lock_holder(self, path: Path) -> str | None:
        """Return who holds the lock on a file (process, command, since when); None when nobody does.

        No lock is taken: nobody has to wait for who looks.
        """

    def launch(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a program of the host that goes on by itself, whatever becomes of this process."""

    def free(self, path: Path) -> int:
        """Return the free bytes of the file system that holds a path or its nearest parent.

        Raises DiskError when nothing can be written there: it is mounted read-only.
        """

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Completed:
        """Run a program of the host to its end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer: its status (0 = none came), why none came, and the body's beginning."""

    status: int
    reason: str = ""
    body: bytes = b""


class Http(Protocol):
    """HTTP and listening ports as seen from this host."""

    def get(self, url: str, *, host: str = "", timeout: float = 30) -> Answer:
        """Ask for a page; no redirect is followed. A refused connection is an Answer with status 0."""

    def port_holder(self, address: str, port: int) -> str | None:
        """Return None when the port can be bound, else who holds it as far as can be told (else an empty text)."""

    def pause(self, seconds: float) -> None:
        """Let a moment pass between two looks."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The three ports together, as workflows and ``apply`` take them."""

    engine: Engine
    disk: Disk
    http: Http
    env: Mapping[str, str] = field(default_factory=dict)
