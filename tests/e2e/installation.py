"""A data root of the tests' own, on the real engine, and a way to run the real command line in it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker

from datacats.model import labels

PREFIX = "datacats-e2e-"
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
SUBNETS = f"10.217.{WORKER % 4 * 64}.0/18"
"""A range of each worker's own: what one makes does not come between another's look and its request."""

PROGRAM = (sys.executable, "-m", "datacats")


@dataclass
class Installation:
    """A data root, a directory for sources, and the process variables that name them.

    Only tests of spare containers have them (``spares`` is ``1``): elsewhere they would come and go behind the test.
    """

    within: Path | None = None
    prefix: str = field(default_factory=lambda: f"t{secrets.token_hex(3)}")
    spares: str = "0"
    base: Path = field(init=False)

    def __post_init__(self) -> None:
        with _alone():
            self.base = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.within))
            self._alive = (self.base / "alive").open("w")
            fcntl.flock(self._alive, fcntl.LOCK_EX)
        self.base.chmod(0o755)
        self.home.mkdir(exist_ok=True)
        self.work.mkdir(exist_ok=True)

    @property
    def home(self) -> Path:
        """The data root."""
        return self.base / "home"

    @property
    def work(self) -> Path:
        """Where source directories are made."""
        return self.base / "work"

    @property
    def env(self) -> dict[str, str]:
        """The process variables of every run."""
        ours = {"DATACATS_HOME": str(self.home), "DATACATS_SUBNETS": SUBNETS, "DATACATS_SPARES": self.spares}
        return {**os.environ, **ours}

    def name(self, word: str) -> str:
        """An environment name that no other run of these tests has."""
        return f"{self.prefix}-{word}"

    def start(self, *arguments: str, cwd: Path | None = None, **changes: Any) -> subprocess.Popen[bytes]:
        """Start datacats with pipes and return the process."""
        pipe = subprocess.PIPE
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe, "env": self.env}
        return subprocess.Popen([*PROGRAM, *arguments], cwd=cwd or self.work, **(options | changes))

    def run(
        self,
        *arguments: str,
        status: int = 0,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run datacats to its end; its status must be the one expected."""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            input=stdin,
            capture_output=True,
            env=self.env | (env or {}),
            cwd=cwd or self.work,
            check=False,
            timeout=900,
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout!r}\n{done.stderr.decode()}"
        return done

    def text(self, *arguments: str, **keywords: Any) -> str:
        """Run datacats and return its standard output as text."""
        return self.run(*arguments, **keywords).stdout.decode()

    def result(self, *arguments: str, **keywords: Any) -> dict[str, Any]:
        """Run datacats with ``--json`` and return the result."""
        document: dict[str, Any] = json.loads(self.text(*arguments, "--json", **keywords))
        found: dict[str, Any] = document["result" if "result" in document else "error"]
        return found

    def remove(self) -> None:
        """Remove all that this installation has made, on the engine and on disk."""
        _remove_engine_objects(self.home)
        shutil.rmtree(self.base, ignore_errors=True)
        self._alive.close()


def remove_leftovers() -> None:
    """Remove what interrupted runs of these tests left: those whose lock nobody holds any more."""
    there = Path(tempfile.gettempdir())
    homes = [found for each in _objects() if (found := Path(each[labels.HOME])).is_relative_to(there)]
    names = {home.relative_to(there).parts[0] for home in homes if home != there}
    bases = {there / name for name in names if name.startswith(PREFIX)} | set(there.glob(f"{PREFIX}*"))
    with _alone():
        for base in bases:
            if not _held(base / "alive"):
                _remove_engine_objects(base / "home")
                shutil.rmtree(base, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody looks for leftovers while a directory is there that its maker does not hold yet."""
    with (Path(tempfile.gettempdir()) / f".datacats-e2e-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _held(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _objects() -> list[dict[str, str]]:
    api = docker.APIClient()
    containers = api.containers(all=True, filters={"label": labels.HOME})
    networks = api.networks(filters={"label": labels.HOME})
    return [each["Labels"] for each in (*containers, *networks)]


def belongs(listed: dict[str, Any], home: Path) -> bool:
    """Whether the data root has made what the engine lists; templates are made in a directory of it."""
    return Path(listed["Labels"][labels.HOME]) in {home, home / "_templates"}


def _remove_engine_objects(home: Path) -> None:
    api = docker.APIClient()
    ours = {"label": labels.HOME}
    for container in api.containers(all=True, filters=ours):
        if belongs(container, home):
            api.remove_container(container["Id"], force=True)
    for network in api.networks(filters=ours):
        if belongs(network, home):
            api.remove_network(network["Id"])
