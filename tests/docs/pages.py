"""The pages whose blocks are held to the dialect."""

from __future__ import annotations

from pathlib import Path

from tests.docs.dialect import Page, read

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

PATHS = [
    ROOT / "README.md",
    *(path for path in sorted(DOCS.rglob("*.md")) if path != DOCS / "README.md" and path.parent.name != "decisions"),
]
PAGES = [read(path) for path in PATHS]


def title(page: Page) -> str:
    """What a page is called in a list of tests."""
    return str(page.path.relative_to(ROOT).with_suffix(""))
