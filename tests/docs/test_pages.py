"""All pages of the documentation keep to the dialect, and what they show can be read by whom it is for."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from configparser import ConfigParser
from typing import Any

import pytest
import yaml

from tests.docs.dialect import PARSED, RUN, Block, Page
from tests.docs.pages import PAGES, PATHS, title

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BLOCKS = [(page, block) for page in PAGES for block in page.blocks]
"""All fences of all pages. Reading a page has refused what is not of the dialect."""


def _ini(text: str) -> None:
    """A part of a file has perhaps no section of its own."""
    ConfigParser(interpolation=None).read_string(text if re.search(r"^\[", text, re.MULTILINE) else f"[part]\n{text}")


PARSERS: Mapping[str, Callable[[str], Any]] = {
    "ini": _ini,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}


def named(value: Page | Block) -> str:
    """What a page or a block is called in a list of tests."""
    return title(value) if isinstance(value, Page) else str(value.line)


def test_there_is_a_way_to_read_whatever_must_parse() -> None:
    assert set(PARSERS) == PARSED


@pytest.mark.parametrize(
    ("page", "block"), [(page, block) for page, block in BLOCKS if block.language in PARSED], ids=named
)
def test_settings_and_documents_can_be_parsed(page: Page, block: Block) -> None:
    assert PARSERS[block.language](block.text) is not page


@pytest.mark.parametrize(
    ("page", "block"), [(page, block) for page, block in BLOCKS if block.language == "python"], ids=named
)
def test_programs_can_be_compiled(page: Page, block: Block) -> None:
    compile(block.text, f"{page.path}:{block.line}", "exec")


def test_what_is_not_run_says_why() -> None:
    reasons = [block.reason for _, block in BLOCKS if block.fate == "not run"]
    assert [reason for reason in reasons if len(reason.split()) < 2] == []


def test_every_page_is_reached_by_the_tests() -> None:
    """A directory of pages that nobody reads would be true by luck."""
    assert {path.parent.name for path in PATHS} >= {"docs", "howto", "reference"}


def test_most_of_what_can_be_typed_is_run() -> None:
    fates = Counter(block.fate for _, block in BLOCKS if block.language in RUN)
    assert fates["run"] >= fates["not run"]
