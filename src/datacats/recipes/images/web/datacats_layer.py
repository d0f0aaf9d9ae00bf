"""Puts the layers of installed extensions on Python's path. A path file of the image imports this at every start."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import os
import site
import sys
import types

LAYERS = ("/usr/lib/extensions", "/usr/lib/extensions-test")
NAMESPACE = "ckanext"


def add(layers: tuple[str, ...] = LAYERS) -> None:
    """Add each layer that is there: before CKAN's own packages, for it may replace one; what it points to after."""
    for layer in layers:
        if os.path.isdir(layer):  # noqa: PTH112 - pathlib would cost every start of Python
            before = list(sys.path)
            site.addsitedir(layer)
            if layer in sys.path and layer not in before:
                sys.path.remove(layer)
                sys.path.insert(_first(before), layer)
            share(NAMESPACE)


def share(name: str) -> None:
    """Let a package be found in every directory on the path, whatever its parts say of themselves there."""
    parts = [part for place in sys.path if os.path.isdir(part := f"{place}/{name}")]  # noqa: PTH112
    package = sys.modules.setdefault(name, types.ModuleType(name))
    package.__path__ = parts


def _first(path: list[str]) -> int:
    """Return where site-packages begin."""
    return next((number for number, place in enumerate(path) if place.endswith("-packages")), len(path))


add()
