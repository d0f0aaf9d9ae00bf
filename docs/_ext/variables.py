"""The process variables that datacats follows."""

from __future__ import annotations

from collections.abc import Iterator

from datacats.cli.topics.variables import VARIABLES
from docs._ext.tables import table


def reference() -> Iterator[str]:
    """Its own, and those of others."""
    yield from table(("variable", "means"), [(f"`{name}`", what) for name, what in VARIABLES.items()])
