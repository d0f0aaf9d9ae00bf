"""The pages as a browser reads them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


@pytest.fixture(scope="session")
def html() -> Path:
    """What ``script/docs`` builds; a warning of Sphinx is an error here too."""
    built = subprocess.run([str(ROOT / "script" / "docs")], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return ROOT / "build" / "docs" / "html"
