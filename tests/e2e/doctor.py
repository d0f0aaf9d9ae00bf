"""What tests of ``doctor`` share: a patient that costs little, and ways to look, to follow, and to break."""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tarfile import TarFile, TarInfo
from typing import Any

import docker

from datacats import recipes
from datacats.model.image import BASES, Role
from datacats.recipes.versions import DEFAULT_CKAN
from tests.e2e.installation import Installation

Found = dict[str, Any]

LISTEN = """\
import socket, sys, time
taken = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(flush=True)
time.sleep(99)
"""
"""A program that takes the port in its first argument, and prints a line once it has it."""


class Patient:
    """An environment whose containers were never made: what it has lies on disk."""

    def __init__(self, installation: Installation, word: str) -> None:
        self.installation = installation
        self.name = installation.name(word)
        installation.run("create", self.name, "--image-only")

    @property
    def record(self) -> Path:
        """What is written down of its site."""
        return self.installation.home / self.name / "sites/primary/site.json"

    @property
    def source(self) -> Path:
        """Its source directory."""
        return self.installation.work / self.name

    def read(self) -> dict[str, Any]:
        """Return what is written down of its site."""
        site: dict[str, Any] = json.loads(self.record.read_text())
        return site

    def change(self, **changes: Any) -> None:
        """Change what is written down of its site."""
        self.record.write_text(json.dumps(self.read() | changes))


def look(installation: Installation, *words: str, status: int = 0, env: dict[str, str] | None = None) -> list[Found]:
    """Return what doctor finds."""
    found: list[Found] = installation.result("doctor", *words, status=status, env=env)["findings"]
    return found


def of(check: str, findings: list[Found]) -> Found:
    """Return the first finding of a check."""
    return next(each for each in findings if each["check"] == check)


def is_well(check: str, findings: list[Found]) -> bool:
    return [each["severity"] for each in findings if each["check"] == check] == ["ok"]


def follow(installation: Installation, fix: str, *more: str) -> None:
    """Do what doctor says: the last thing that stands there is a command."""
    program, *words = shlex.split(fix[fix.index("datacats ") :])
    assert program == "datacats"
    installation.run(*words, *more)


@contextmanager
def tmpfs(path: Path, size: str) -> Iterator[None]:
    """Let a small file system lie there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def empty_image(name: str, created: str) -> bytes:
    """Return the archive of an image without content that was made long ago."""
    config = {"architecture": "amd64", "os": "linux", "created": created, "rootfs": {"type": "layers", "diff_ids": []}}
    files = {"config.json": config, "manifest.json": [{"Config": "config.json", "RepoTags": [name], "Layers": []}]}
    archive = BytesIO()
    with TarFile(fileobj=archive, mode="w") as tar:
        for path, value in files.items():
            content = json.dumps(value).encode()
            entry = TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
    return archive.getvalue()


def newest_image(patient: Patient, role: Role, env: dict[str, str]) -> str:
    """Return what a datacats with these process variables would let a new site of that patient run on."""
    have = patient.read()["images"][role]
    ckan, architecture = DEFAULT_CKAN, docker.APIClient().version()["Arch"]
    kind = next(each for each in BASES if str(recipes.image_set(ckan, architecture, each)[role]) == have)
    ask = "import sys; from datacats import recipes; print(recipes.image_set(*sys.argv[1:4])[sys.argv[4]])"
    command = [sys.executable, "-c", ask, ckan, architecture, kind, role]
    return subprocess.run(command, env=os.environ | env, capture_output=True, check=True, text=True).stdout.strip()
