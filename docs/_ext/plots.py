"""The pictures of what the bench has measured, drawn at each build from the kept samples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import plot

DIRECTORY = Path(__file__).parents[1] / "_plots"


def figures() -> Iterator[str]:
    """A picture for each measure."""
    for path in plot.draw(DIRECTORY):
        yield from ("", f"```{{figure}} /_plots/{path.name}", f":alt: What was measured of {path.stem}", "")
        yield from (f"`bench/run {path.stem}`", "```", "")
