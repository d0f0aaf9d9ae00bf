"""Shared by all measures: a page as seen from outside, the engine by raw requests, samples with their spread."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "datacats")
SOCKET = "/var/run/docker.sock"
LIMIT = 300.0


@dataclass
class Root:
    """A data root of the bench's own, and the process variables that name it.

    Spare containers warm up beside what is measured: only a measure of them has them (``spares`` is ``1``).
    """

    base: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="datacats-bench-")))
    spares: str = "0"

    @property
    def env(self) -> dict[str, str]:
        """The process variables of every run."""
        ours = {"DATACATS_HOME": str(self.base / "home"), "DATACATS_SUBNETS": "10.221.0.0/16"}
        return {**os.environ, **ours, "DATACATS_SPARES": self.spares}

    def run(self, *arguments: str) -> str:
        """Run datacats to its end and return its standard output."""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=self.env,
            cwd=self.base,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{arguments}: {done.stderr.decode()}")
        return done.stdout.decode()


@contextmanager
def root() -> Iterator[Root]:
    """Make a data root, and remove all that was made from it."""
    made = Root()
    try:
        yield made
    finally:
        remove_objects(str(made.base))
        shutil.rmtree(made.base, ignore_errors=True)


class Engine:
    """The engine by raw requests on one kept connection."""

    def __init__(self) -> None:
        self._connection = http.client.HTTPConnection("localhost", timeout=LIMIT)
        self._connection.sock = socket.socket(socket.AF_UNIX)
        self._connection.sock.connect(SOCKET)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request and return the decoded answer. Raises SystemExit with the engine's words."""
        headers = {"Content-Type": "application/json", "Host": "localhost"}
        self._connection.request(method, f"/v1.41{path}", None if body is None else json.dumps(body), headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text.startswith((b"{", b"[")) else text


def remove_objects(home: str) -> None:
    """Remove the containers and networks that carry a data root below ``home``, or its name as a compose project."""
    engine = Engine()
    for container in engine.send("GET", "/containers/json?all=true"):
        if _below(container["Labels"], home):
            engine.send("DELETE", f"/containers/{container['Id']}?force=true&v=true")
    for network in engine.send("GET", "/networks"):
        if _below(network["Labels"] or {}, home):
            engine.send("DELETE", f"/networks/{network['Id']}")


def _below(labels: dict[str, str], home: str) -> bool:
    return labels.get("org.datacats.home", labels.get("org.datacats.bench", "")).startswith(home)


class Prober(threading.Thread):
    """Asks for a page every 10 ms from outside, and keeps the moment of the first 200 with the wanted text."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.seen = threading.Event()
        self.moment = 0.0
        self.start()

    def run(self) -> None:
        """Ask until the page is there."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            if self._answers():
                self.moment = time.monotonic()
                self.seen.set()
                return
            time.sleep(0.01)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            return answer.status == 200 and b"ckan" in answer.read().lower()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def until_page(port: int, began: float) -> float:
    """Return the seconds from ``began`` to the first page on a port; a page that never comes is an error."""
    prober = Prober(port)
    if not prober.seen.wait(LIMIT):
        raise SystemExit(f"no page on port {port} within {LIMIT:.0f} s")
    return prober.moment - began


def seconds(*command: str, env: dict[str, str] | None = None) -> float:
    """Return how long a whole process takes."""
    began = time.perf_counter()
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - began


def summary(samples: list[float]) -> dict[str, Any]:
    """Return the median, the least, the most, and the samples."""
    return {"median": statistics.median(samples), "min": min(samples), "max": max(samples), "samples": samples}
