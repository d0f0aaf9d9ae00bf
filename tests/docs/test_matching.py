"""What counts as the output that a page shows."""

from __future__ import annotations

import pytest

from tests.docs.matching import differences


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a", "a\n"),
        ("a\n\n", "a"),
        ("NAME    IMAGE", "NAME IMAGE   \n"),
        ("took ... s", "took 0.31 s"),
        ("...: ok", "web: ok"),
        ("a\n...\nb", "a\nb"),
        ("a\n...\nb", "a\n1\n2\n\nb"),
        ("...\nlast", "1\n2\nlast"),
        ("...", ""),
        ("(a|b)* [x]", "(a|b)* [x]"),
    ],
)
def test_it_is_as_shown(shown: str, printed: str) -> None:
    assert differences(shown.splitlines(), printed) == ""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("a", "A"),
        ("took ... s", "took\n1 s"),
        ("a\n...\nb", "a\n1\nb\nc"),
        ("a.c", "abc"),
        ("a b", "ab"),
    ],
)
def test_it_is_not_as_shown(shown: str, printed: str) -> None:
    assert differences(shown.splitlines(), printed)


def test_what_differs_is_shown_beside_what_was_printed() -> None:
    assert differences(["one", "two"], "one\nthree\n").splitlines()[-3:] == [" one", "-two", "+three"]
