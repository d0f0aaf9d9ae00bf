"""A small machine with an engine of its own, that a test can cut off from its power and start again.

It has process numbers, mounts and a network of its own: when its first process is killed nothing of it is left but
what is on disk, as after a reboot.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import docker

_ALONE = ("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc")
_BOOT = """\
ip link set lo up
exec dockerd --host "unix://$1/run/docker.sock" --data-root "$1/data" --exec-root "$1/run/exec" --pidfile "$1/run/pid"
"""
_FETCH = """
import sys, urllib.error, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(sys.argv[1], timeout=60) as answer:
        print(answer.status, answer.read().decode(errors="replace"), sep="\\n")
except urllib.error.HTTPError as error:
    print(error.code)
except OSError:
    print(0)
"""


@dataclass
class Machine:
    """One that is switched off. Its files are below ``base``; what lies in ``run`` does not outlive a boot."""

    base: Path
    _power: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """What ``DOCKER_HOST`` has to be."""
        return f"unix://{self.base}/run/docker.sock"

    @property
    def engine(self) -> docker.APIClient:
        """Its engine, asked without datacats."""
        return docker.APIClient(self.address)

    def boot(self) -> None:
        """Switch it on, and wait until its engine answers."""
        shutil.rmtree(self.base / "run", ignore_errors=True)
        (self.base / "run").mkdir()
        nothing = subprocess.DEVNULL
        command = (*_ALONE, "bash", "-c", _BOOT, "boot", str(self.base))
        with (self.base / "log").open("ab") as log:
            self._power = subprocess.Popen(command, stdin=nothing, stdout=log, stderr=log)
        _wait_until_answers(self.base / "run" / "docker.sock", self.base / "log")

    def cut(self) -> None:
        """Switch it off, in the middle of what it does."""
        if self._power is not None:
            subprocess.run(["kill", "-KILL", self._first_process()], check=True)
            self._power.wait(30)
            self._power = None

    def run(self, *command: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
        """Run a command on its network and with its engine, to the end."""
        within = ("nsenter", f"--net=/proc/{self._first_process()}/ns/net")
        given = {**env, "DOCKER_HOST": self.address}
        return subprocess.run([*within, *command], env=given, capture_output=True, check=False, timeout=300)

    def page(self, url: str) -> tuple[int, str]:
        """Return the status and the text of a page that it serves to itself; 0 where nobody answers."""
        done = self.run(sys.executable, "-c", _FETCH, url, env={})
        status, _, text = done.stdout.decode().partition("\n")
        return int(status), text

    def _first_process(self) -> str:
        assert self._power is not None, "the machine is off"
        return Path(f"/proc/{self._power.pid}/task/{self._power.pid}/children").read_text().strip()


@contextmanager
def machine() -> Iterator[Machine]:
    """Give a machine that runs; afterwards nothing is left of it. Needs root."""
    made = Machine(Path(tempfile.mkdtemp(prefix="datacats-machine-")))
    try:
        made.boot()
        yield made
    finally:
        made.cut()
        subprocess.run(["rm", "-rf", str(made.base)], check=True)


def _wait_until_answers(path: Path, log: Path) -> None:
    for attempt in range(600):
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
        except OSError:
            assert attempt < 599, log.read_text()
            signal.sigtimedwait([], 0.1)
        else:
            return
