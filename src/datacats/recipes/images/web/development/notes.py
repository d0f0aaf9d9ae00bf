"""Changes that a new start of CKAN does not follow, and the command that does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_INSTALL = "datacats install"
_ANYWHERE = {"pyproject.toml": _INSTALL, "setup.py": _INSTALL, "setup.cfg": _INSTALL}
_AT_THE_TOP = {"datacats.lock": _INSTALL, "datacats.toml": "datacats reload"}
_ASKS = ("name", "dynamic", "dependencies", "optional-dependencies", "entry-points", "scripts")


class Notes:
    """Remembers what the files of the project ask for, as it was when the server started."""

    def __init__(self, project: str, paths: Iterable[str]) -> None:
        self._project = project
        self._before = {path: asked(path) for path in paths if self._command(path)}
        self._other: dict[str, str] = {}

    def look(self, changed: Iterable[str]) -> None:
        """Look at changed files again. One that asks for what it asked for before needs nothing any more."""
        for path in changed:
            command = self._command(path)
            if command and asked(path) != self._before.get(path):
                self._other[path] = command
            else:
                self._other.pop(path, None)

    def __str__(self) -> str:
        """What to run, and why; empty when nothing is asked for."""
        lines = [f"{os.path.relpath(path, self._project)} changed: run {self._other[path]}" for path in self._other]
        return "; ".join(sorted(lines))

    def _command(self, path: str) -> str:
        directory, name = os.path.split(path)
        if directory == self._project and name in _AT_THE_TOP:
            return _AT_THE_TOP[name]
        return _ANYWHERE.get(name, "") if path.startswith(f"{self._project}/") else ""


def gone(project: str, places: Iterable[str]) -> str:
    """Say which directories of the project that an installation in these places points to are there no more."""
    found = set()
    for place in filter(os.path.isdir, places):
        for name in os.listdir(place):  # noqa: PTH208 - every start of CKAN waits for this
            if name.startswith("__editable__.") and name.endswith(".pth"):
                with open(os.path.join(place, name), encoding="utf-8") as file:  # noqa: PTH118, PTH123
                    path = file.read().strip()
                if path.startswith(f"{project}/") and not os.path.isdir(path):  # noqa: PTH112
                    found.add(os.path.relpath(path, project))
    return f"{', '.join(sorted(found))} is gone: run {_INSTALL}" if found else ""


def asked(path: str) -> object:
    """Return what a file asks for, comparable; of a ``pyproject.toml`` not what concerns only other tools."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - every start of CKAN waits for this
            content = file.read()
    except OSError:
        return None
    if not path.endswith("pyproject.toml"):
        return content
    try:
        document = tomllib.loads(content.decode())
        project = document.get("project", {})
        return [document.get("build-system"), *(project.get(key) for key in _ASKS)]
    except (ValueError, AttributeError):
        return content
