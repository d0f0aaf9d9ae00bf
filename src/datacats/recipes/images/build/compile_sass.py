"""Compiles Sass: names of files below the source on standard input, their style sheets on standard output, as JSON.

Nothing is answered by halves: where one file does not compile, ``error`` is all that is told, in the compiler's words.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(os.environ.get("DATACATS_PROJECT", "/project"))
COMPILER = ("/opt/sass/dart", "/opt/sass/sass.snapshot")
FOUND_IN = ("/usr/lib/ckan/lib/python3.11/site-packages", "/usr/lib/extensions", str(PROJECT))
"""Where ``@import "ckan/public/base/scss/main"`` and its like are looked for."""


def main() -> int:
    """Answer one request."""
    json.dump(compiled(json.load(sys.stdin)), sys.stdout)
    return 0


def compiled(names: Iterable[str]) -> dict[str, object]:
    """Return the style sheet of each file, and what the compiler warned of."""
    with tempfile.TemporaryDirectory() as scratch:
        made = {name: Path(scratch) / f"{number}.css" for number, name in enumerate(names)}
        pairs = [f"{PROJECT / name}:{path}" for name, path in made.items()]
        done = subprocess.run([*COMPILER, *options(), *pairs], capture_output=True, text=True, check=False, cwd=PROJECT)
        if done.returncode != 0:
            return {"error": done.stderr.strip() or f"the compiler ended with status {done.returncode}"}
        return {"sheets": {name: path.read_text("utf-8") for name, path in made.items()}, "warned": done.stderr.strip()}


def options() -> list[str]:
    """Return the compiler's options. CKAN's own sources, and those of Bootstrap, are not the user's to mend."""
    quiet = ("--quiet-deps", "--silence-deprecation=import")
    return [*quiet, "--no-source-map", "--no-color", *(f"--load-path={each}" for each in FOUND_IN)]


if __name__ == "__main__":
    sys.exit(main())
