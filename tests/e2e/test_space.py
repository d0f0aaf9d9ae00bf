"""File systems that are really full: a small one in memory takes the place of the data root, or of the sources."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.installation import Installation

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root")

KIB = 1024


@contextmanager
def small(directory: Path, size: str) -> Iterator[None]:
    """Mount a file system of that size while the context lasts."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", directory], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", directory], check=True)


@pytest.fixture
def own() -> Iterator[Installation]:
    """An installation of the test's own."""
    made = Installation()
    yield made
    made.remove()


def test_a_site_is_not_begun_on_a_data_root_that_could_not_hold_it(own: Installation) -> None:
    with small(own.home, "200m"):
        said = own.run("create", own.name("full"), status=17).stderr.decode()
        assert f"are free for the data of a new site ({own.home}); 256 MiB are needed." in said
        assert list(own.work.iterdir()) == []
        assert not (own.home / own.name("full")).exists()
        subprocess.run(["mount", "-o", "remount,size=300m", own.home], check=True)
        assert own.run("create", own.name("full"), "--dry-run").stdout


def test_sources_that_no_longer_fit_are_called_so_and_the_same_command_carries_on(own: Installation) -> None:
    with small(own.work, "64k"):
        ballast = own.work / ".ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(KIB))
        said = own.run("create", own.name("full"), status=17).stderr.decode()
        assert "no space is left on its file system" in said
        assert f"df -h {own.work / own.name('full')}" in said
        assert not (own.home / own.name("full")).exists()
        ballast.unlink()
        assert own.run("create", own.name("full"), "--dry-run").stdout
