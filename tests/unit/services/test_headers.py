"""Which Debian packages a failed build asks for."""

from __future__ import annotations

import pytest

from datacats.services.headers import packages_for


@pytest.mark.parametrize(
    ("said", "packages"),
    [
        ("src/x.c:3:10: fatal error: libxml/xmlversion.h: No such file or directory", ("libxml2-dev", "libxslt1-dev")),
        ("a.c:1:1: fatal error: geos_c.h: No such file or directory", ("libgeos-dev",)),
        ("Error: Please make sure the libxml2 and libxslt development packages", ("libxml2-dev", "libxslt1-dev")),
        ("b.c:1:1: fatal error: mine.h: No such file or directory", ()),
        ("proj.h is nice", ()),
    ],
)
def test_a_missing_header_names_the_packages_that_bring_it(said: str, packages: tuple[str, ...]) -> None:
    assert packages_for(said) == packages


def test_each_package_is_named_once() -> None:
    twice = "fatal error: libxml/a.h: No such file or directory\nfatal error: libxslt/b.h: No such file or directory"
    assert packages_for(twice) == ("libxml2-dev", "libxslt1-dev")
