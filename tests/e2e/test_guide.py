"""The User Guide, the longest page, is followed to the letter beside the others."""

from __future__ import annotations

from collections.abc import Callable

from tests.docs.dialect import Page
from tests.docs.pages import PAGES


def test_the_user_guide_can_be_followed_to_the_letter(follow: Callable[[Page], None]) -> None:
    (guide,) = (page for page in PAGES if page.path.name == "guide.md")
    follow(guide)
