"""Puts what is made from the code in the place of a page's line ``% generated: NAME``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from docs._ext import commands, documents, plots, settings, tables, topics, variables

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Maker = Callable[[], Iterable[str]]

GENERATED: Mapping[str, Maker] = {
    "commands": commands.reference,
    "documents": documents.results,
    "exit-codes": tables.exit_codes,
    "extensions": tables.extensions,
    "given": settings.given,
    "keys": settings.keys,
    "labels": tables.labels,
    "objects": documents.objects,
    "plots": plots.figures,
    "services": tables.services,
    "topics": topics.reference,
    "variables": variables.reference,
}
"""What a page can ask for -> what makes its lines of Markdown."""

_MARK = re.compile(r"^% generated: *(\S+) *$", re.MULTILINE)


def fill(text: str) -> str:
    """Return a page's text with all that is generated in its place. Raises KeyError for what nobody makes."""
    return _MARK.sub(lambda found: "\n".join(GENERATED[found[1]]()), text)


def _read(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = fill(source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Have Sphinx fill each page that it reads."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
