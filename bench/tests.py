"""``test`` from the command to the first test, against making tables and index afresh with the same containers."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measure import PROGRAM, Root, summary
from datacats import open_workspace
from datacats.model.environment import IMAGE_USER, Environment, Site, SiteContext
from datacats.model.event import Event, Finished
from datacats.model.plan import MovePath, RemoveContainer, RemoveNetwork, RemoveTree, StopContainer
from datacats.recipes import DEFAULT_CKAN
from datacats.store import host
from datacats.workflows import images, template

_FILES = {
    "pyproject.toml": (
        '[project]\nname = "ckanext-bench"\nversion = "1"\n'
        '[project.entry-points."ckan.plugins"]\nbench = "ckanext.bench:Plugin"\n'
    ),
    "test.ini": "[app:main]\nuse = config:../ckan/test-core.ini\nckan.plugins = bench\n",
    "ckanext/bench/__init__.py": "import ckan.plugins as p\nclass Plugin(p.SingletonPlugin): pass\n",
    "tests/test_bench.py": (
        "import pathlib, time\ndef test_first(): pathlib.Path('first').write_text(str(time.time()))\n"
    ),
}
_AFTER = (MovePath, RemoveContainer, RemoveNetwork, RemoveTree, StopContainer)
"""What comes after tables and index are there."""


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Interleave both; the first run, which installs pytest, is not counted."""
    extension = _extension(root.base / "ckanext-bench")
    _first_test(root, extension)
    samples: dict[str, list[float]] = {"command to first test": [], "made afresh": []}
    for _ in range(rounds):
        samples["command to first test"].append(_first_test(root, extension))
        samples["made afresh"].append(_afresh(root))
    found = {name: summary(each) for name, each in samples.items()}
    ratio = found["command to first test"]["median"] / found["made afresh"]["median"]
    return {**found, "first test / made afresh": ratio}


def _extension(directory: Path) -> Path:
    for name, text in _FILES.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    directory.parent.chmod(0o755)
    if os.geteuid() == 0:
        for each in (directory, *directory.rglob("*")):
            os.chown(each, *IMAGE_USER)
    return directory


def _first_test(root: Root, extension: Path) -> float:
    began = time.time()
    subprocess.run([*PROGRAM, "test", "--", "-q"], env=root.env, cwd=extension, capture_output=True, check=True)
    return float((extension / "first").read_text()) - began


def _afresh(root: Root) -> float:
    """Make a template anew, and return the seconds until its tables and its index were there."""
    shutil.rmtree(root.base / "home" / "_templates")
    workspace = open_workspace(root.env, root.base)
    (root.base / "home" / "_templates").mkdir(mode=0o700)
    steps: list[Finished] = []
    made = images.ensure(workspace, DEFAULT_CKAN, _ignore)
    environment = Environment("bench", root.base, root.base, workspace.root.uuid, DEFAULT_CKAN)
    facts = host.host(workspace.ports.disk, root.env, IMAGE_USER)
    template.ensure(workspace, SiteContext(environment, Site("bench", 0, ("", ""), made), facts), _keep(steps))
    wanted = [step for step in steps if not isinstance(step.operation, _AFTER)]
    return sum(step.seconds for step in wanted if "a template must open no door" not in step.operation.cause)


def _keep(steps: list[Finished]) -> Callable[[Event], None]:
    return lambda event: steps.append(event) if isinstance(event, Finished) else None


def _ignore(_event: Event) -> None:
    """Nobody looks."""
