"""Which words for a CKAN version are understood."""

from __future__ import annotations

import pytest

from datacats.errors import UnknownVersion
from datacats.recipes import DEFAULT_CKAN, LINES, Line, resolve_ckan
from datacats.recipes.versions import is_pinned, line_of, requirements


@pytest.mark.parametrize(("line", "exact"), [("2.12", "2.12.0"), ("2.11", "2.11.6"), ("2.10", "2.10.11")])
def test_a_line_means_its_pinned_release(line: str, exact: str) -> None:
    assert resolve_ckan(line) == exact


@pytest.mark.parametrize("exact", ["2.12.0", "2.12.1", "2.11.3", "2.10.0"])
def test_an_exact_release_of_a_supported_line_means_itself(exact: str) -> None:
    assert resolve_ckan(exact) == exact


def test_the_newest_line_is_the_default() -> None:
    assert next(iter(LINES.values())).pinned == DEFAULT_CKAN


@pytest.mark.parametrize("text", ["2.9", "2.9.11", "3.0", "2", "latest", "", "2.12.0rc1", "2.12.0\n", "v2.12", "2.12."])
def test_another_version_is_refused_and_the_supported_ones_are_named(text: str) -> None:
    with pytest.raises(UnknownVersion) as refusal:
        resolve_ckan(text)
    for line in LINES.values():
        assert line.name in refusal.value.message
        assert line.pinned in refusal.value.message
    assert DEFAULT_CKAN in refusal.value.hint


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_pinned_release_of_a_line_is_one_of_that_line(line: Line) -> None:
    assert line_of(line.pinned) is line


def test_only_the_pinned_release_has_a_lock() -> None:
    assert is_pinned("2.11.6")
    assert not is_pinned("2.11.5")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_every_version_has_a_production_server_and_a_debug_toolbar_beside_ckan(line: Line) -> None:
    ckan, *beside = requirements(line.pinned)
    assert ckan == f"ckan[requirements]=={line.pinned}"
    assert {text.partition("=")[0] for text in beside} >= {"gunicorn", "flask-debugtoolbar"}


def test_ckan_that_imports_pkg_resources_gets_a_setuptools_that_has_it() -> None:
    assert "setuptools<81" in requirements("2.10.11")
