"""What the pages say is so: each is followed to the letter, top to bottom, as a reader would."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from tests.docs.dialect import Page
from tests.docs.pages import PAGES, ROOT, title
from tests.e2e.browser import browser

ELSEWHERE = {"howto", "guide.md"}
FOLLOWED = [page for page in PAGES if page.steps and not ELSEWHERE & {page.path.parent.name, page.path.name}]


@pytest.mark.parametrize("page", FOLLOWED, ids=title)
def test_a_page_can_be_followed_to_the_letter(follow: Callable[[Page], None], page: Page) -> None:
    follow(page)


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
