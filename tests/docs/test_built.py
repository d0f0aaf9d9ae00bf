"""The built pages: whole, and of this machine alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

_ASKED = re.compile(
    r"""<(?:script|img|iframe|source|video|object)\b[^>]*\b(?:src|data)\s*=\s*["'](?:https?:)?//"""
    r"""|<link\b[^>]*\brel\s*=\s*["'](?!canonical)[^>]*\bhref\s*=\s*["'](?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//|@import\s+["'](?:https?:)?//"""
)
"""What makes a browser ask another server when it shows a page."""


def test_every_page_of_the_seeds_navigation_is_there(html: Path) -> None:
    pages = ["quickstart", "guide", "faq", "docker", "commands", "changelog"]
    found = re.findall(
        r'toctree-l1"><a class="reference internal" href="([a-z]+)\.html', (html / "index.html").read_text()
    )
    assert found[: len(pages)] == pages


def test_no_page_asks_another_server_for_anything(html: Path) -> None:
    found = [
        (path.name, asked[0])
        for kind in ("html", "css", "svg")
        for path in html.rglob(f"*.{kind}")
        for asked in _ASKED.finditer(path.read_text())
    ]
    assert found == []


def test_what_would_ask_another_server_is_noticed() -> None:
    for text in (
        '<script async="async" src="https://cdn.example/x.js">',
        '<link rel="stylesheet" href="//fonts.example/x.css">',
        "@font-face { src: url(https://fonts.example/x.woff2) }",
        '<img alt="" src="https://example.org/badge.svg">',
    ):
        assert _ASKED.search(text), text
    assert not _ASKED.search('<a href="https://ckan.org">CKAN</a>')


def test_search_knows_every_page_and_needs_no_server(html: Path) -> None:
    text = (html / "searchindex.js").read_text()
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip().removesuffix(")"))
    assert {"guide", "howto/index", "reference/exit-codes", "decisions/index"} <= set(index["docnames"])
    assert "purg" in index["terms"]


def test_marks_and_hidden_commands_are_not_shown(html: Path) -> None:
    page = (html / "docker.html").read_text()
    assert "datapusher" in page
    assert not re.search(r"% ?(names|run|not run):", page)


def test_what_is_generated_stands_in_the_place_of_its_mark(html: Path) -> None:
    assert "ImageMissing" in (html / "reference" / "exit-codes.html").read_text()
    assert all("% generated" not in path.read_text() for path in html.rglob("*.html"))
