"""Puts the layers of installed extensions on Python's path. A path file of the image imports this at every start."""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import os
import site
import sys

LAYERS = ("/usr/lib/extensions", "/usr/lib/extensions-test")


def add(layers: tuple[str, ...] = LAYERS) -> None:
    """Add each layer that is there: before CKAN's own packages, for it may replace one; what it points to after."""
    for layer in layers:
        if os.path.isdir(layer):  # noqa: PTH112 - pathlib would cost every start of Python
            before = list(sys.path)
            site.addsitedir(layer)
            if layer in sys.path and layer not in before:
                sys.path.remove(layer)
                sys.path.insert(_first(before), layer)
            join("ckanext")


def join(package: str) -> None:
    """Let a namespace package see its part in each directory of the path, also where that has a module of its own."""
    module = sys.modules.get(package)
    if module is None:
        return
    for place in sys.path:
        part = os.path.join(place, package)  # noqa: PTH118 - pathlib would cost every start of Python
        if os.path.isdir(part) and part not in module.__path__:  # noqa: PTH112
            module.__path__.append(part)


def _first(path: list[str]) -> int:
    """Return where site-packages begin."""
    return next((number for number, place in enumerate(path) if place.endswith("-packages")), len(path))


add()
