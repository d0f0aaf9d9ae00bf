"""A plugin of pytest: waits for the search, tells which CKAN is tested, and writes down how the tests ended."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Protocol
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest

_PATIENCE = 90.0


class _Report(Protocol):
    """What pytest tells of one part of a test."""

    when: str
    outcome: str
    passed: bool
    failed: bool
    skipped: bool


_counts: Counter[str] = Counter()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """Wait until Solr answers: it starts while Python imports CKAN, and takes longer than the other services."""
    url = os.environ["DATACATS_SEARCH"]
    opener = build_opener(ProxyHandler({}))
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            opener.open(url, timeout=_PATIENCE).close()
        except (URLError, OSError) as error:
            if time.monotonic() > deadline:
                pytest.exit(f"Solr did not answer within {_PATIENCE:.0f} s: {error}", 3)
            time.sleep(0.05)
        else:
            return


def pytest_report_header() -> str:
    """Say which CKAN it is that runs here."""
    return f"ckan_version: {_version()}"


def pytest_runtest_logreport(report: _Report) -> None:
    """Count a test once: by its own outcome, or by that of what it needed."""
    if report.skipped or hasattr(report, "wasxfail"):
        _counts["skipped"] += 1
    elif report.when == "call":
        _counts[report.outcome] += 1
    elif report.failed:
        _counts["errors"] += 1


def pytest_collectreport(report: _Report) -> None:
    """Count what could not even be read."""
    if report.failed:
        _counts["errors"] += 1


def pytest_sessionfinish() -> None:
    """Write down what was counted."""
    told = {"layout": 1, "ckan_version": _version(), "counts": dict(_counts)}
    Path(os.environ["DATACATS_REPORT"]).write_text(json.dumps(told))


def _version() -> str:
    import ckan  # type: ignore[import-not-found] # noqa: PLC0415 - there in the container

    return str(ckan.__version__)
