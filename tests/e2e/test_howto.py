"""The how-to pages are followed to the letter, beside the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.docs.dialect import Page
from tests.docs.pages import PAGES, title

FOLLOWED = [page for page in PAGES if page.steps and page.path.parent.name == "howto"]


@pytest.mark.parametrize("page", FOLLOWED, ids=title)
def test_a_page_can_be_followed_to_the_letter(follow: Callable[[Page], None], page: Page) -> None:
    follow(page)
