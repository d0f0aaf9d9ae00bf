"""``script/find_engine.py``: the engine that datacats would use, found before anything is installed."""

from __future__ import annotations

import hashlib
import json
import os
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.unit.script.shell import ROOT, SCRIPT

FOUND, NONE, SILENT, FORBIDDEN, NO_IMAGE = 0, 3, 4, 5, 6


class Answer(BaseHTTPRequestHandler):
    """An engine that is well and has one image."""

    def do_GET(self) -> None:
        well = self.path in {"/_ping", "/images/datacats/base:bookworm/json"}
        self.send_response(200 if well else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory with a path short enough for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="datacats-") as name:
        yield Path(name)


@pytest.fixture
def engine(directory: Path) -> Iterator[Path]:
    path = directory / "engine.sock"
    with socketserver.UnixStreamServer(str(path), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield path
        server.shutdown()
        thread.join()


def find(home: Path, *images: str, **variables: str) -> tuple[int, str]:
    """Run the script as a fresh machine would: without any installed package."""
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", SCRIPT / "find_engine.py", *images],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT / "src"), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def context(home: Path, name: str, host: str) -> None:
    """Write a Docker context and make it the current one."""
    meta = home / ".docker/contexts/meta" / hashlib.sha256(name.encode()).hexdigest() / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    (home / ".docker/config.json").write_text(json.dumps({"currentContext": name}))


def test_an_engine_at_docker_host_is_found(directory: Path, engine: Path) -> None:
    assert find(directory, DOCKER_HOST=f"unix://{engine}") == (FOUND, str(engine))


def test_the_engine_of_the_current_context_is_found(directory: Path, engine: Path) -> None:
    context(directory, "elsewhere", f"unix://{engine}")
    assert find(directory) == (FOUND, str(engine))


def test_an_engine_that_was_chosen_and_is_silent_is_told_from_none_at_all(directory: Path) -> None:
    nobody = directory / "nobody.sock"
    assert find(directory, DOCKER_HOST=f"unix://{nobody}") == (SILENT, str(nobody))
    context(directory, "elsewhere", f"unix://{nobody}")
    assert find(directory) == (SILENT, str(nobody))


def test_an_address_that_datacats_cannot_reach_comes_with_the_way_around(directory: Path) -> None:
    status, words = find(directory, DOCKER_HOST="ssh://somewhere")
    assert status == SILENT
    assert "DOCKER_HOST=unix://" in words


def test_one_of_several_images_is_enough(directory: Path, engine: Path) -> None:
    images = ("debian:bookworm-slim", "datacats/base:bookworm")
    assert find(directory, *images, DOCKER_HOST=f"unix://{engine}")[0] == FOUND
    assert find(directory, *images[:1], DOCKER_HOST=f"unix://{engine}") == (NO_IMAGE, str(engine))


@pytest.mark.parametrize(("error", "status"), [(PermissionError, FORBIDDEN), (ConnectionRefusedError, NONE)])
def test_a_closed_socket_is_told_from_an_absent_engine(error: type[OSError], status: int) -> None:
    code = f"""
import sys
sys.path[:0] = [{str(SCRIPT)!r}, {str(ROOT / "src")!r}]
import find_engine
from datacats.engine.endpoint import SYSTEM_SOCKET, Endpoint
def refuse(*_):
    raise {error.__name__}
find_engine.answers = refuse
sys.exit(find_engine.look(Endpoint(path=str(SYSTEM_SOCKET)), []))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == status
