"""The probes inside the images."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.unit.recipes.image_file import IMAGES

ANSWERS = IMAGES / "shared" / "answers"
READY = IMAGES / "shared" / "ready"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


def answers(port: int, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", str(ANSWERS), str(port), path], capture_output=True, text=True, check=False)


def test_a_server_that_answers_200_is_well(port: int) -> None:
    assert answers(port, "/well").returncode == 0


def test_a_server_that_answers_something_else_is_not_and_its_answer_is_the_evidence(port: int) -> None:
    answer = answers(port, "/ill")
    assert answer.returncode == 1
    assert "503" in answer.stdout


def test_nobody_there_is_no_answer(port: int) -> None:
    assert answers(1, "/well").returncode == 1
    assert port


def ready(home: Path, healthy: str, seconds: int) -> subprocess.CompletedProcess[str]:
    """Run ``ready`` with a check of our own."""
    check = home / "healthy"
    check.write_text(f"#!/bin/sh\n{healthy}\n")
    check.chmod(0o755)
    script = READY.read_text().replace("/usr/lib/datacats/healthy", str(check))
    return subprocess.run(["bash", "-c", script, "ready", str(seconds)], capture_output=True, text=True, check=False)


def test_ready_waits_until_the_check_agrees(tmp_path: Path) -> None:
    count = tmp_path / "count"
    made = ready(tmp_path, f"echo x >> {count}; [ $(wc -l < {count}) -ge 3 ]", 10)
    assert made.returncode == 0
    assert len(count.read_text().splitlines()) == 3


def test_at_its_deadline_ready_says_what_the_check_said(tmp_path: Path) -> None:
    made = ready(tmp_path, "echo no such core; exit 1", 0)
    assert made.returncode == 1
    assert made.stderr == "no such core\n"
