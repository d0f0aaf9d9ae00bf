"""Extensions as their authors publish them: source archives from the Python index, with their own tests."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

_OWNER = (1000, 1000)
"""Who all that an installation tests belongs to where its tests run as root."""


def unpacked(requirement: str, within: Path) -> Path:
    """Fetch the source archive of an exact release and return its directory, which belongs to whom tests run as."""
    name = requirement.partition("==")[0]
    fetched = within / f"archive-{name}"
    command = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(fetched), requirement)
    subprocess.run([sys.executable, "-m", "pip", *command], check=True, capture_output=True)
    (archive,) = fetched.iterdir()
    with tarfile.open(archive) as opened:
        opened.extractall(fetched, filter="data")
    (directory,) = (each for each in fetched.iterdir() if each.is_dir())
    if os.geteuid() == 0:
        for each in (directory, *directory.rglob("*")):
            os.chown(each, *_OWNER)
    return directory
