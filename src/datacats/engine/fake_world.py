"""What a fake engine holds, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from datacats.engine.mapping import refused
from datacats.errors import DatacatsError
from datacats.model.image import ImageRef
from datacats.model.observed import ImageSeen
from datacats.model.ports import LogLine
from datacats.model.service import ContainerSpec, NetworkSpec, VolumeSpec

MEMORY = 8 * 2**30
"""The bytes of memory of a fake engine."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command that a container is told to run; ``main`` when it is the container's own."""

    container: str
    command: tuple[str, ...]
    stdin: bytes = b""
    main: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it printed; None means that it goes on running."""

    exit_code: int | None = 0
    stdout: bytes = b""
    stderr: bytes = b""


Program = Callable[[Call], Outcome]


def quiet(call: Call) -> Outcome:
    """Do nothing: a service runs on, any other command ends well."""
    return Outcome(None if call.main else 0)


@dataclass(slots=True)
class FakeContainer:
    """A container of the fake engine."""

    id: str
    name: str
    spec: ContainerSpec
    networks: list[str]
    state: str = "created"
    exit_code: int = 0
    out_of_memory: bool = False
    restarts: int = 0
    started: str = "2023-11-14T22:13:20Z"
    memory: int = 20 * 2**20
    log: list[tuple[float, LogLine]] = field(default_factory=list)

    @property
    def runs(self) -> bool:
        """Whether it has a main process, frozen or not."""
        return self.state in {"running", "paused"}


@dataclass(slots=True)
class World:
    """All that a fake engine holds. ``now`` is its clock, in seconds since 1970, and moves only when it is set.

    ``started`` tells name and id of each start; ``meanwhile`` holds what others do, one after another, while somebody
    waits for the next. ``held`` is the size of a volume. A ``blind`` one does not see this host's files.
    """

    containers: dict[str, FakeContainer] = field(default_factory=dict)
    networks: dict[str, NetworkSpec] = field(default_factory=dict)
    volumes: dict[str, VolumeSpec] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    images: dict[str, ImageSeen] = field(default_factory=dict)
    registry: dict[str, ImageSeen] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    program: Program = quiet
    failures: dict[str, DatacatsError] = field(default_factory=dict)
    mutations: list[str] = field(default_factory=list)
    started: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    security: tuple[str, ...] = ("name=seccomp,profile=default",)
    identifier: str = "FAKE"
    blind: bool = False
    now: float = 1_700_000_000.0
    made: int = 0

    def ask(self, words: str) -> None:
        """Fail when a test wants a call whose words begin so to fail."""
        for beginning, error in self.failures.items():
            if words.startswith(beginning):
                raise error

    def change(self, words: str) -> None:
        """Record a call that may change something, then fail when a test wants that."""
        self.mutations.append(words)
        self.ask(words)

    def identity(self) -> str:
        """Return the next id: 64 hexadecimal digits, as the engine has them."""
        self.made += 1
        return f"{self.made:064x}"

    def find(self, name: str) -> FakeContainer | None:
        """Return a container by name or id, or None."""
        return next((each for each in self.containers.values() if name in {each.name, each.id}), None)

    def container(self, name: str) -> FakeContainer:
        """Return a container by name or id, refusing as the engine does when it is gone."""
        found = self.find(name)
        if found is None:
            raise refusal(404, f"No such container: {name}")
        return found

    def image(self, ref: ImageRef) -> ImageSeen:
        """Return an image by name, refusing as the engine does when it is missing."""
        if str(ref) not in self.images:
            raise refusal(404, f"No such image: {ref}")
        return self.images[str(ref)]

    def add_image(self, *refs: ImageRef, labels: Mapping[str, str] | None = None) -> None:
        """Put images there, each with one name."""
        for ref in refs:
            self.images[str(ref)] = ImageSeen(f"sha256:{self.identity()}", (str(ref),), labels=labels or {})

    def run(self, container: str, command: Sequence[str], stdin: bytes = b"", *, main: bool = False) -> Outcome:
        """Ask the test's program what a command does."""
        return self.program(Call(container, tuple(command), stdin, main))


def refusal(status: int, text: str) -> DatacatsError:
    """Return the error for words of the real engine, by way of the same mapping."""
    return refused(status, json.dumps({"message": text}).encode())
