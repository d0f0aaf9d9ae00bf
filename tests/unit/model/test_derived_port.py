"""The ports that follow from names."""

from __future__ import annotations

import pytest

from datacats.model.derived_port import REFUSED_PORTS, derived_port, next_port


@pytest.mark.parametrize(("name", "port"), [("datapusher", 5716), ("mytown", 5306), ("catstown", 5296)])
def test_the_derived_port_is_the_one_that_datacats_always_gave(name: str, port: int) -> None:
    assert derived_port(name) == port


def test_another_site_of_an_environment_has_another_port() -> None:
    assert derived_port("mytown", "sandbox") == derived_port("mytown-sandbox") != derived_port("mytown")


@pytest.mark.parametrize(
    ("name", "refused", "port"),
    [("site934", 5000, 5001), ("site1362", 5060, 5062), ("site488", 5061, 5062), ("site249", 5432, 5433)],
)
def test_a_derived_port_that_browsers_or_hosts_refuse_is_skipped(name: str, refused: int, port: int) -> None:
    assert refused in REFUSED_PORTS
    assert derived_port(name) == port


def test_the_next_port_stays_in_the_range_and_passes_every_other_port_once() -> None:
    port, seen = 5999, []
    while port not in seen:
        seen.append(port)
        port = next_port(port)
    assert port == 5999
    assert set(seen) == set(range(5000, 6000)) - REFUSED_PORTS
