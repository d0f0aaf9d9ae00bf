"""Help as narrow as the terminal is."""

from __future__ import annotations

from collections.abc import Iterable

import click

_WIDEST = 80
_NARROWEST = 24


class Formatter(click.HelpFormatter):
    """Click's own stays 50 columns wide on whatever terminal; its names keep no more than two fifths of a line here."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        if width is None:
            import shutil  # noqa: PLC0415 - as click does: only help needs it

            width = max(min(shutil.get_terminal_size().columns, max_width or _WIDEST) - 2, _NARROWEST)
        super().__init__(indent_increment, width, max_width)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of names and what they mean; a longer name has a line of its own."""
        super().write_dl(list(rows), min(col_max, self.width * 2 // 5), col_spacing)
