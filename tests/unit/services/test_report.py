"""The plugin that tells how tests ended, in a real pytest with a stand-in for CKAN."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

TESTS = """
import pytest

def test_well(): pass

@pytest.mark.skip
def test_later(): pass

@pytest.mark.xfail
def test_known(): assert False

def test_badly(): assert False

@pytest.fixture
def broken(): assert False

def test_never(broken): pass
"""


class Search(BaseHTTPRequestHandler):
    """Solr: refuses at first, as it does while its core is loaded."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if len(self.asked) > 1 else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def search(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let Solr be there; return what it was asked."""
    server = HTTPServer(("127.0.0.1", 0), Search)
    thread = Thread(target=server.serve_forever)
    thread.start()
    Search.asked.clear()
    monkeypatch.setenv("DATACATS_SEARCH", f"http://127.0.0.1:{server.server_port}/ckan")
    yield Search.asked
    server.shutdown()
    thread.join()
    server.server_close()


def run(directory: Path, text: str) -> tuple[dict[str, Any], str]:
    """Run pytest on a file; return what was written down, and what was printed."""
    (directory / "test_cats.py").write_text(text)
    (directory / "ckan.py").write_text("__version__ = '2.12.9'")
    plugin = directory / "datacats_report.py"
    plugin.write_bytes((files("datacats.services.inside") / plugin.name).read_bytes())
    report = directory / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "datacats_report", "-p", "no:cacheprovider", "test_cats.py"],
        cwd=directory,
        env={
            "DATACATS_SEARCH": os.environ["DATACATS_SEARCH"],
            "PYTHONPATH": str(directory),
            "DATACATS_REPORT": str(report),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(report.read_text()), done.stdout


def test_each_test_is_counted_once_and_the_version_is_from_inside(tmp_path: Path) -> None:
    told, printed = run(tmp_path, TESTS)
    assert told["counts"] == {"passed": 1, "skipped": 2, "failed": 1, "errors": 1}
    assert told["ckan_version"] == "2.12.9"
    assert "ckan_version: 2.12.9\n" in printed


@pytest.mark.parametrize("text", ["import nothing_of_that_name", "def ("])
def test_a_file_that_cannot_be_read_counts_as_an_error(tmp_path: Path, text: str) -> None:
    assert run(tmp_path, text)[0]["counts"] == {"errors": 1}


def test_nothing_of_ckan_begins_before_the_search_answers(tmp_path: Path, search: list[str]) -> None:
    hook = "def pytest_sessionstart():\n    import pathlib; pathlib.Path('began').write_text('')\n"
    (tmp_path / "conftest.py").write_text(hook)
    run(tmp_path, "def test_it(): pass")
    assert (search, (tmp_path / "began").exists()) == (["/ckan", "/ckan"], True)
