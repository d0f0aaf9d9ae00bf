"""A whole datacats on a desk: the real command line and workflows on an engine, a disk and a network in memory."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from datacats import recipes
from datacats.cli.main import run
from datacats.engine.fake import FakeEngine
from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_http import FakeHttp
from datacats.engine.fake_world import World
from datacats.model import hashing, labels
from datacats.model.image import ROLES, ImageSet
from datacats.model.ports import Answer, Ports
from datacats.store import environment_file, source
from datacats.workflows.workspace import Workspace
from tests.support import documents

HOME = Path("/home/me/.datacats")
WORK = Path("/home/me/work")

USUAL = ("web", "postgres", "solr", "redis", "worker", "mail")
"""The services that a new site has, in the order in which they are told."""


class LiveHttp(FakeHttp):
    """A network on which a running container answers on the port that it publishes, unless a test says otherwise."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.scripted: set[str] = set()

    def script(self, url: str, *answers: Answer) -> None:
        self.scripted.add(url)
        super().script(url, *answers)

    def get(self, url: str, *, host: str = "", timeout: float = 30) -> Answer:
        port = urlsplit(url).port
        running = (each.spec.ports for each in self._world.containers.values() if each.state == "running")
        if url not in self.scripted and any(one.port == port for ports in running for one in ports):
            self.asked.append((url, host))
            return Answer(200)
        return super().get(url, host=host, timeout=timeout)


WRITTEN = {"postgres": "data/PG_VERSION", "solr": "data/index/segments_1"}
"""What the programs of a template leave in it."""


class DeskDisk(FakeDisk):
    """A disk on which a template that is sealed holds what its programs would have written."""

    def move(self, source: Path, target: Path) -> None:
        for part, file in WRITTEN.items():
            if target.parent.name == "_templates" and self.entry(source / part) is not None:
                self.add(source / part / file, mode=0o600)
        super().move(source, target)


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["result"]
        return found

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["error"]
        return found


class Desk:
    """Where a test types commands.

    Images of every CKAN line are there. With ``terminal`` set a person seems to type, not a program.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, home: Path = HOME) -> None:
        self.engine = FakeEngine()
        self.disk = DeskDisk()
        self.http = LiveHttp(self.engine.world)
        self.env = {"HOME": "/home/me", "DATACATS_HOME": str(home)}
        self.cwd = WORK
        self.terminal = False
        self._monkeypatch = monkeypatch
        for rounds in ("SCRAM_ROUNDS", "CKAN_ROUNDS"):
            monkeypatch.setattr(hashing, rounds, 1)  # nobody here attacks a hash, and thousands are made
        self.disk.make_directory(WORK, 0o755)
        for line in recipes.LINES:
            self.add_images(line)
        self.disk.changes.clear()

    def add_images(self, line: str) -> ImageSet:
        """Let the images of a CKAN line be there."""
        images = images_of(line)
        for role in ROLES:
            if str(images[role]) not in self.engine.world.images:
                marks = {labels.RECIPE: "digest", labels.ROLE: role, labels.CKAN: recipes.resolve_ckan(line)}
                self.engine.world.add_image(images[role], labels=marks)
        return images

    def workspace(self) -> Workspace:
        return Workspace.open(Ports(self.engine, self.disk, self.http, self.env), self.env, self.cwd)

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> Ran:
        """Type a command."""
        streams = {name: self._stream(b"") for name in ("stdout", "stderr")}
        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", self._stream(stdin))
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            status = run([str(word) for word in words], open_workspace=self.workspace)
        printed = {name: _text(stream) for name, stream in streams.items()}
        for document in _documents(printed["stdout"]):
            documents.check(document)
        return Ran(status, printed["stdout"], printed["stderr"])

    def _stream(self, content: bytes) -> io.TextIOWrapper:
        kind = _Terminal if self.terminal else io.TextIOWrapper
        return kind(io.BytesIO(content), "utf-8", write_through=True)

    def done(self, *words: str | Path, stdin: bytes = b"") -> Ran:
        """Type a command that must end well."""
        ran = self(*words, stdin=stdin)
        assert ran.status == 0, f"{words}: {ran.err or ran.out}"
        return ran

    def neighbour(self) -> Desk:
        """Return the desk of somebody else, with a data root of their own on the same engine."""
        other = Desk(self._monkeypatch)
        other.engine, other.http = self.engine, self.http
        other.env = {"HOME": "/home/you", "DATACATS_HOME": "/home/you/.datacats"}
        return other

    def create(self, name: str = "catstown", *words: str) -> Ran:
        """Make an environment with a password that the test knows, and forget how it was done."""
        ran = self.done("create", name, *words, "--admin-password-stdin", stdin=b"correct horse\n")
        self.forget()
        return ran

    def forget(self) -> None:
        """Forget what was done so far."""
        self.engine.mutations.clear()
        self.disk.changes.clear()
        self.disk.locked.clear()
        self.http.asked.clear()

    def changes(self) -> list[str]:
        """All that was changed since it was forgotten, on the engine and the disk; locks count as nothing."""
        return [*self.engine.mutations, *self.disk.changes]

    def states(self) -> dict[str, str]:
        """The containers by name, with their states."""
        return {name: each.state for name, each in sorted(self.engine.world.containers.items())}

    def site(self, name: str = "catstown", site: str = "primary") -> dict[str, Any]:
        """What is written down about a site."""
        path = Path(self.env["DATACATS_HOME"]) / name / "sites" / site / "site.json"
        found: dict[str, Any] = json.loads(self.disk.read(path))
        return found

    def add_source(self, directory: Path, name: str, ckan: str = "2.12") -> Path:
        """Let a clone of a source directory be there."""
        texts = {environment_file.NAME: environment_file.new(name, ckan), **source.new_files(name)}
        for file, content in texts.items():
            self.disk.add(directory / file, content)
        return directory


def _documents(out: str) -> list[dict[str, Any]]:
    """Return what a program would read: one document, or one a line."""
    if out.startswith('{"datacats"'):
        return [json.loads(line) for line in out.splitlines()]
    return [json.loads(out)] if out.startswith('{\n  "datacats"') else []


@cache
def images_of(line: str) -> ImageSet:
    """The images of a CKAN line on the fake engine's machine."""
    return recipes.image_set(recipes.resolve_ckan(line), "amd64", "debian")


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
