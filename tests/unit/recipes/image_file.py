"""Load a Python file of an image: they lie outside any package."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from datacats import recipes

IMAGES = Path(recipes.__file__).parent / "images"


def load(path: str) -> Any:
    spec = spec_from_file_location(Path(path).stem, IMAGES / path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
