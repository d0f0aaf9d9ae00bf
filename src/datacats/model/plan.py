"""Plans: an ordered list of operations, each one call of a port, each with its cause.

A plan prints itself; that text is the dry run, the log, and what planning tests assert. File contents,
SQL, and standard input never appear in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from datacats.model.image import BuildContext, ImageRef
from datacats.model.probe import Probe
from datacats.model.service import Attachment, ContainerSpec, NetworkSpec, VolumeSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step on a port. ``cause`` says why it is there."""

    cause: str


@dataclass(frozen=True, slots=True)
class MakeDirectory(Operation):
    """Make a directory (and its parents) with a mode and an owner; one that is there is left as it is."""

    path: Path
    owner: tuple[int, int]
    mode: int = 0o700

    def __str__(self) -> str:
        return f"make directory {self.path}"


@dataclass(frozen=True, slots=True)
class PlaceFile(Operation):
    """Write a file whole: temporary name, fsync, rename."""

    path: Path
    content: bytes = field(repr=False)
    owner: tuple[int, int]
    mode: int = 0o600

    def __str__(self) -> str:
        return f"place file {self.path}"


@dataclass(frozen=True, slots=True)
class CloneTree(Operation):
    """Copy a directory tree that does not change meanwhile, sharing blocks where the file system can."""

    source: Path
    target: Path
    owner: tuple[int, int]

    def __str__(self) -> str:
        return f"clone {self.source} to {self.target}"


@dataclass(frozen=True, slots=True)
class MovePath(Operation):
    """Rename a file or directory; the directory that holds it is synced."""

    source: Path
    target: Path

    def __str__(self) -> str:
        return f"move {self.source} to {self.target}"


@dataclass(frozen=True, slots=True)
class Flush(Operation):
    """Have all that was written to the file system of a path outlive a power cut."""

    path: Path

    def __str__(self) -> str:
        return f"write out {self.path}"


@dataclass(frozen=True, slots=True)
class RemoveTree(Operation):
    """Remove a file or directory tree; one that is gone already is no error."""

    path: Path

    def __str__(self) -> str:
        return f"remove {self.path}"


@dataclass(frozen=True, slots=True)
class CreateNetwork(Operation):
    """Make a network."""

    spec: NetworkSpec

    def __str__(self) -> str:
        kind = "internal network" if self.spec.internal else "network"
        return f"create {kind} {self.spec.name} {self.spec.subnet}"


@dataclass(frozen=True, slots=True)
class RemoveNetwork(Operation):
    """Remove a network; one that is gone already is no error."""

    name: str

    def __str__(self) -> str:
        return f"remove network {self.name}"


@dataclass(frozen=True, slots=True)
class CreateVolume(Operation):
    """Make a volume; one that is there is left as it is."""

    spec: VolumeSpec

    def __str__(self) -> str:
        return f"create volume {self.spec.name}"


@dataclass(frozen=True, slots=True)
class RemoveVolume(Operation):
    """Remove a volume with what it holds; one that is gone already is no error."""

    name: str

    def __str__(self) -> str:
        return f"remove volume {self.name}"


@dataclass(frozen=True, slots=True)
class CreateContainer(Operation):
    """Make a container, not yet started, on the first of its networks."""

    spec: ContainerSpec

    def __str__(self) -> str:
        return f"create {self.spec.name or 'a one-off container'} from {self.spec.image}"


@dataclass(frozen=True, slots=True)
class ConnectNetwork(Operation):
    """Join a container to a further network."""

    container: str
    attachment: Attachment

    def __str__(self) -> str:
        return f"connect {self.container} to {self.attachment.network}"


@dataclass(frozen=True, slots=True)
class DisconnectNetwork(Operation):
    """Take a container from a network; one that is not on it, or gone, is no error."""

    container: str
    network: str

    def __str__(self) -> str:
        return f"disconnect {self.container} from {self.network}"


@dataclass(frozen=True, slots=True)
class StartContainer(Operation):
    """Start a container; one that runs already is no error."""

    name: str

    def __str__(self) -> str:
        return f"start {self.name}"


@dataclass(frozen=True, slots=True)
class UnpauseContainer(Operation):
    """Let a frozen container go on."""

    name: str

    def __str__(self) -> str:
        return f"unpause {self.name}"


@dataclass(frozen=True, slots=True)
class StopContainer(Operation):
    """Stop a container by its own signal, and kill it after ``grace`` seconds; a stopped one is no error."""

    name: str
    grace: int

    def __str__(self) -> str:
        return f"stop {self.name}"


@dataclass(frozen=True, slots=True)
class RemoveContainer(Operation):
    """Remove a container, running or not; one that is gone already is no error."""

    name: str

    def __str__(self) -> str:
        return f"remove {self.name}"


@dataclass(frozen=True, slots=True)
class RunSql(Operation):
    """Run SQL inside a PostgreSQL container once it answers: ``command`` there reads it from its standard input."""

    container: str
    command: tuple[str, ...] = field(repr=False)
    sql: str = field(repr=False)
    what: str

    def __str__(self) -> str:
        return f"run SQL in {self.container}: {self.what}"


@dataclass(frozen=True, slots=True)
class RunOneOff(Operation):
    """Run one command in a container of its own that is destroyed after; a status other than 0 is an error.

    ``stdin`` is what it reads; ``what`` says in words what it does, where its command does not. ``counting`` is what
    its output says before each ``n/m`` of datasets, where it tells how far it has come.
    """

    spec: ContainerSpec
    stdin: bytes = field(default=b"", repr=False)
    what: str = ""
    counting: str = ""

    def __str__(self) -> str:
        return self.what or f"run {' '.join(self.spec.command)}"


@dataclass(frozen=True, slots=True)
class Wait(Operation):
    """Wait until a probe is satisfied."""

    probe: Probe

    def __str__(self) -> str:
        return f"wait until {self.probe}"


@dataclass(frozen=True, slots=True)
class RunProgram(Operation):
    """Run a program of the host; a status other than 0 is an error, and ``hint`` says what to do about it."""

    command: tuple[str, ...]
    hint: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"run {' '.join(self.command)}"


@dataclass(frozen=True, slots=True)
class ImportBase(Operation):
    """Make a base image from the archive of a root file system."""

    archive: Path
    ref: ImageRef

    def __str__(self) -> str:
        return f"import {self.archive} as {self.ref}"


@dataclass(frozen=True, slots=True)
class PullImage(Operation):
    """Fetch an image by its name in a registry and give it its local name as well."""

    remote: ImageRef
    local: ImageRef

    def __str__(self) -> str:
        return f"pull {self.remote}"


@dataclass(frozen=True, slots=True)
class PushImage(Operation):
    """Send an image to a registry, under its name there, which it has here no longer than that takes."""

    local: ImageRef
    remote: ImageRef

    def __str__(self) -> str:
        return f"push {self.remote}"


@dataclass(frozen=True, slots=True)
class RemoveImage(Operation):
    """Take a name from an image, and the image with its last name; one that is gone already is no error."""

    ref: ImageRef

    def __str__(self) -> str:
        return f"remove image {self.ref}"


@dataclass(frozen=True, slots=True)
class BuildImage(Operation):
    """Build an image from its recipe."""

    context: BuildContext

    def __str__(self) -> str:
        return f"build {self.context.ref}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in the order in which they are carried out."""

    operations: tuple[Operation, ...] = ()

    @classmethod
    def of(cls, operations: Iterable[Operation]) -> Plan:
        """Make a plan of some operations."""
        return cls(tuple(operations))

    def __str__(self) -> str:
        lines = (f"{number} {step} ({step.cause})" for number, step in enumerate(self.operations, 1))
        return "\n".join(lines)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.operations + other.operations)
