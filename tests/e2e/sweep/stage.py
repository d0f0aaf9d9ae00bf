"""Where a sweep plays: a data root of its own, put back to a known state before each point."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker

from datacats.model import labels
from tests.e2e.installation import PROGRAM, Installation, belongs

_TEMPLATES = "_templates"


def _own_subnets() -> str:
    """A range that no other sweep on this engine is likely to have."""
    return f"10.218.{secrets.randbelow(256)}.0/24"


@dataclass
class Stage:
    """An installation, one environment name in it, and saved states. Every command gets its paths from here.

    ``templates`` is where another data root has its templates: they need not be made again.
    """

    installation: Installation = field(default_factory=Installation)
    engine: docker.APIClient = field(default_factory=docker.APIClient)
    tags: set[str] = field(default_factory=set)
    subnets: str = field(default_factory=_own_subnets)
    templates: Path | None = None

    @property
    def base(self) -> Path:
        """The directory that holds all of it."""
        return self.installation.base

    @property
    def home(self) -> Path:
        """The data root."""
        return self.installation.home

    @property
    def name(self) -> str:
        """The environment that commands work on."""
        return self.installation.name("town")

    @property
    def source(self) -> Path:
        """Its source directory."""
        return self.installation.work / self.name

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.home / self.name

    @property
    def url(self) -> str:
        """The address of its site."""
        port: int = json.loads((self.data / "sites" / "primary" / "site.json").read_text())["port"]
        return f"http://127.0.0.1:{port}/"

    @property
    def env(self) -> dict[str, str]:
        """The process variables of every run."""
        return {**self.installation.env, "DATACATS_SUBNETS": self.subnets}

    def start(self, command: Sequence[str], **env: str) -> subprocess.Popen[bytes]:
        """Start a program with pipes."""
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.installation.work, env=self.env | env, **options)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run datacats to its good end."""
        return self.installation.run(*arguments, env={"DATACATS_SUBNETS": self.subnets})

    def again(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run datacats to whatever end."""
        with self.start([*PROGRAM, *arguments]) as process:
            output, errors = process.communicate(timeout=900)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def containers(self, **filters: Any) -> list[dict[str, Any]]:
        """Return all containers of the data root as the engine lists them."""
        found = self.engine.containers(all=True, filters={"label": labels.HOME, **filters})
        return [each for each in found if belongs(each, self.home)]

    def networks(self) -> list[dict[str, Any]]:
        """Return all networks of the data root as the engine lists them."""
        return [each for each in self.engine.networks(filters={"label": labels.HOME}) if belongs(each, self.home)]

    def save(self, state: str) -> None:
        """Save the data root and the source directories under a name. Nothing may run."""
        for path in (self.home, self.installation.work):
            _copy(path, self.base / state / path.name)

    def take_templates(self) -> None:
        """Take the templates that another data root has made, into an empty one; those in the making are left there."""
        if self.templates is not None and self.templates.exists():
            _like(self.templates, self.home / _TEMPLATES)
            for path in self.templates.iterdir():
                if "." not in path.name:
                    _copy(path, self.home / _TEMPLATES / path.name)

    def has(self, state: str) -> bool:
        """Whether a state of that name was saved."""
        return (self.base / state).exists()

    def put_back(self, state: str, *, whole: bool = True) -> None:
        """Remove what runs, and put the data root and the source directories back to a saved state.

        It is copied while the engine ends what runs on the old. Unless ``whole``, templates stay as they are where the
        state has the same: they are most of it, and nobody writes to one that has its name.
        """
        old = Path(tempfile.mkdtemp(dir=self.base))
        places = [self.home, self.installation.work]
        for path in places:
            path.rename(old / path.name)
        with ThreadPoolExecutor() as pool:
            copied = [
                pool.submit(put, self.base / state / path.name, path, None if whole else old / path.name)
                for path in places
            ]
            self.clear_engine()
            for each in copied:
                each.result()
        shutil.rmtree(old)

    def clear_engine(self) -> None:
        """Remove all containers and networks of the data root; the engine ends several containers at once."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda each: self.engine.remove_container(each["Id"], force=True), self.containers()))
            list(pool.map(lambda each: self.engine.remove_network(each["Id"]), self.networks()))

    def tag(self, image: str, repository: str, tag: str) -> None:
        """Give an image a further name, until the sweep ends."""
        self.engine.tag(image, repository, tag)
        self.tags.add(f"{repository}:{tag}")

    def remove(self) -> None:
        """Remove all that the sweep has made."""
        self.installation.remove()
        for tag in self.tags:
            self.engine.remove_image(tag)


@contextmanager
def stage(templates: Path | None = None) -> Iterator[Stage]:
    """Give a stage, and remove all of it in the end."""
    made = Stage(Installation(prefix=f"ks{secrets.token_hex(3)}"), templates=templates)
    try:
        yield made
    finally:
        made.remove()


def put(saved: Path, target: Path, old: Path | None) -> None:
    """Copy a saved tree to its place; templates that ``old`` has as well are taken from there."""
    if old is None:
        _copy(saved, target)
        return
    _like(saved, target)
    for path in saved.iterdir():
        if path.name != _TEMPLATES:
            _copy(path, target / path.name)
            continue
        _like(path, target / path.name)
        for template in path.iterdir():
            place, there = target / path.name / template.name, old / path.name / template.name
            if there.exists():
                there.rename(place)
            else:
                _copy(template, place)


def _like(saved: Path, target: Path) -> None:
    """Make a directory with the owner and the mode of another."""
    target.mkdir()
    seen = saved.stat()
    os.chown(target, seen.st_uid, seen.st_gid)
    target.chmod(stat.S_IMODE(seen.st_mode))


def _copy(source: Path, target: Path) -> None:
    """Copy a tree with owners, modes and times, sharing blocks where the file system can."""
    target.parent.mkdir(exist_ok=True)
    subprocess.run(["cp", "--archive", "--no-target-directory", "--reflink=auto", source, target], check=True)
