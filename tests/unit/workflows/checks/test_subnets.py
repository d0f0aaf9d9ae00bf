from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from datacats.errors import UsageError
from datacats.model.finding import Severity
from datacats.workflows.checks import subnets
from datacats.workflows.checks.subnets import Route
from tests.unit.workflows.checks.scene import CATSTOWN, LABELS, Scene, network

WITHIN = IPv4Network("10.213.0.0/16")
TABLE = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
tun0	0009D50A	00000000	0001	0	0	0	00FFFFFF	0	0	0
br-1	8000D50A	00000000	0001	0	0	0	E0FFFFFF	0	0	0
"""


def test_a_range_of_ones_own_with_room_is_well() -> None:
    scene = Scene()
    scene.network("datacats_front_catstown", "10.213.0.0/27", **LABELS)
    scene.network("other", "10.3.0.0/24")
    (found,) = subnets.check(scene.facts)
    assert found.severity is Severity.OK


def test_the_kernels_table_is_read_without_the_default_route() -> None:
    assert list(subnets.routes(TABLE)) == [
        Route(IPv4Network("10.213.9.0/24"), "tun0"),
        Route(IPv4Network("10.213.0.128/27"), "br-1"),
    ]


def test_a_route_of_the_host_into_the_range_is_a_warning_unless_it_is_a_network_of_the_engine() -> None:
    scene = Scene()
    scene.disk.add(Path("/proc/net/route"), TABLE.encode())
    scene.network("datacats_back_x", "10.213.0.128/27", **LABELS)
    (found,) = subnets.check(scene.facts)
    assert found.severity is Severity.WARNING
    assert "10.213.9.0/24 by tun0" in found.what
    assert "DATACATS_SUBNETS" in found.fix


def test_routes_beside_the_range_are_nobodys_business() -> None:
    assert list(subnets.beside(WITHIN, [Route(IPv4Network("10.212.0.0/16"), "tun0")], [])) == []


def test_a_foreign_network_on_a_promised_subnet_is_an_error_that_names_both() -> None:
    (found,) = subnets.lost(CATSTOWN, [network("blog", "10.213.0.32/28"), network("far", "10.4.0.0/24")])
    assert found.severity is Severity.ERROR
    assert "blog" in found.what
    assert "catstown" in found.what
    assert found.fix.endswith("docker network rm blog")


def test_a_sites_own_networks_are_no_foreign_ones() -> None:
    own = [network("datacats_front_catstown", "10.213.0.0/27"), network("datacats_back_catstown", "10.213.0.32/27")]
    assert list(subnets.lost(CATSTOWN, own)) == []


def test_a_foreign_network_elsewhere_in_the_range_is_a_note() -> None:
    (found,) = subnets.beside(WITHIN, [], [network("blog", "fd00::/64", "10.213.200.0/24")])
    assert (found.severity, "blog" in found.what) == (Severity.NOTE, True)


@pytest.mark.parametrize(
    ("within", "severity", "words"),
    [
        ("10.213.0.0/26", Severity.ERROR, "no more sites"),
        ("10.213.0.0/25", Severity.WARNING, "1 more sites"),
        ("10.213.0.0/23", Severity.WARNING, "7 more sites"),
    ],
)
def test_a_range_that_is_nearly_used_up_is_told_with_what_is_left(within: str, severity: Severity, words: str) -> None:
    (found,) = subnets.room(IPv4Network(within), [CATSTOWN], [])
    assert found.severity is severity
    assert words in found.what


def test_networks_of_the_engine_take_room_too() -> None:
    taken = [network("blog", "10.213.0.64/26")]
    (found,) = subnets.room(IPv4Network("10.213.0.0/25"), [CATSTOWN], taken)
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize("text", ["10.213.0.0/27", "10.213.0.0/32", "cats", "10.213.0.1/16"])
def test_a_range_that_cannot_be_is_refused(text: str) -> None:
    scene = Scene()
    scene.env["DATACATS_SUBNETS"] = text
    with pytest.raises(UsageError, match="DATACATS_SUBNETS"):
        subnets.check(scene.facts)
