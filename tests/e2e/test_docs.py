"""What the pages say is so: each is followed to the letter, top to bottom, as a reader would."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from tests.docs.dialect import Page
from tests.docs.pages import PAGES, ROOT, title
from tests.docs.reader import Reader
from tests.e2e.browser import browser
from tests.e2e.installation import Installation, remove_leftovers

FOLLOWED = [page for page in PAGES if page.steps]


@pytest.fixture(scope="module")
def desktop() -> Iterator[Installation]:
    """A data root for all pages: they share its templates and images, and leave no environment to one another."""
    remove_leftovers()
    made = Installation(spares="1")
    yield made
    made.remove()


@pytest.fixture
def base(desktop: Installation, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A directory for one page; all environments that it made are gone at the end."""
    made = desktop.base / f"page-{abs(hash(request.node.name))}"
    made.mkdir()
    yield made
    for each in desktop.result("list")["environments"]:
        desktop.run("purge", "-y", "--delete-environment", each["name"])
    shutil.rmtree(made)


@pytest.mark.parametrize("page", FOLLOWED, ids=title)
def test_a_page_can_be_followed_to_the_letter(desktop: Installation, base: Path, page: Page) -> None:
    Reader(page, base, desktop.home, desktop.env).follow()


def test_the_built_pages_can_be_searched_without_a_server_or_a_network() -> None:
    subprocess.run([str(ROOT / "script" / "docs")], check=True)
    page = ROOT / "build" / "docs" / "html" / "search.html"
    with browser() as driver:
        driver.get(f"{page.as_uri()}?q=rollback")
        results = driver.find_element("id", "search-results")
        WebDriverWait(driver, 60).until(lambda _: "found" in results.text)
        assert "User Guide" in results.text
        asked = driver.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
        assert [address for address in asked if not address.startswith("file:")] == []
