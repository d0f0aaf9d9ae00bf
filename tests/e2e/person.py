"""An ordinary user of this host with an installation of datacats."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.installation import SUBNETS, Installation

_PACKAGES = (
    "datacats",
    "click",
    "docker",
    "requests",
    "urllib3",
    "tomlkit",
    "configupdater",
    "idna",
    "certifi",
    "charset_normalizer",
)


@dataclass
class Person:
    """A user; ``env`` are further process variables of every run."""

    name: str
    installation: Installation
    env: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        user = pwd.getpwnam(self.name)
        for package in _PACKAGES:
            spec = importlib.util.find_spec(package)
            assert spec is not None
            assert spec.origin is not None
            shutil.copytree(Path(spec.origin).parent, self._packages / package)
        subprocess.run(["chmod", "-R", "a+rX", str(self._packages)], check=True)
        for directory in (self.installation.base, self.installation.home, self.installation.work):
            os.chown(directory, user.pw_uid, user.pw_gid)

    @property
    def uid(self) -> int:
        """The number of that user."""
        return pwd.getpwnam(self.name).pw_uid

    def run(self, *arguments: str, stdin: bytes = b"", status: int = 0) -> subprocess.CompletedProcess[bytes]:
        """Run datacats as that user with the system's own Python; its status must be the one expected."""
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.installation.base),
            "PYTHONPATH": str(self._packages),
            "DATACATS_HOME": str(self.installation.home),
            "DATACATS_SUBNETS": SUBNETS,
            "DATACATS_SPARES": "0",
            **{name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ},
            **self.env,
        }
        command = ["/usr/sbin/runuser", "-u", self.name, "--", "/usr/bin/python3", "-m", "datacats", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, env=env, cwd=self.installation.work, check=False, timeout=600
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout!r}\n{done.stderr.decode()}"
        return done

    @property
    def _packages(self) -> Path:
        return self.installation.base / "packages"
