"""Rows in aligned columns; on a terminal the last column is wrapped to what is left of the width."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

_GAP = 2
_LEAST = 24
"""Columns that text needs; where fewer are left it goes below, on lines of its own."""


def width() -> int | None:
    """Return the columns of the terminal on standard output; None where it is none, and nothing is wrapped."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def columns(rows: Sequence[Sequence[str]], limit: int | None) -> list[str]:
    """Return the lines of rows that have the same number of cells; ``limit`` is the width, None for no end."""
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    indent = sum(sizes) + _GAP * len(sizes)
    return [line for row in rows for line in _lines(row, sizes, indent, limit)]


def beside(head: str, text: str, limit: int | None) -> list[str]:
    """Return the lines of a text beside its head, or below it where it has no room there."""
    return list(_lines((head.rstrip(), text), [len(head) - _GAP], len(head), limit))


def _lines(row: Sequence[str], sizes: Sequence[int], indent: int, limit: int | None) -> Iterator[str]:
    head = "".join(f"{cell:<{size + _GAP}}" for cell, size in zip(row[:-1], sizes, strict=True))
    if limit is None or len(head) + len(row[-1]) <= limit:
        yield f"{head}{row[-1]}".rstrip()
    elif limit - indent < _LEAST:
        yield from (*filter(None, [head.rstrip()]), *filled(" " * _GAP, row[-1], limit))
    else:
        yield from filled(head, row[-1], limit)


def filled(head: str, text: str, limit: int) -> list[str]:
    """Return the lines of a text beside its head, filled; no word is broken, for it may be a path."""
    return textwrap.wrap(
        text,
        max(limit, len(head) + 1),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head]
