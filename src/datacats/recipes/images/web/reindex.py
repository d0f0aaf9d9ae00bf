"""Make the search index anew from the database.

CKAN's own rebuild leaves private datasets that are not in the database any more in the index.
"""
# ruff: noqa: INP001 - a file of the image, not a module of the package

from __future__ import annotations

import sys

from ckan.cli.cli import ckan  # type: ignore[import-not-found]


def main() -> int:
    """Empty it, then fill it."""
    ckan(["search-index", "clear"], standalone_mode=False)
    ckan(["search-index", "rebuild"], standalone_mode=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
