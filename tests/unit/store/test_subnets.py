"""Subnets of sites: what is free, how many are left, and which ranges will not do."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

import pytest

from datacats.errors import Conflict, UsageError
from datacats.store.subnets import free_pair, pairs_left, range_of

SMALL = IPv4Network("10.9.0.0/26")
"""Room for one site."""


def test_the_usual_range_has_room_for_a_thousand_sites() -> None:
    assert pairs_left(range_of({}), [], 5000) == 1024


def test_a_range_may_be_chosen() -> None:
    assert range_of({"DATACATS_SUBNETS": "192.168.64.0/20"}) == IPv4Network("192.168.64.0/20")


@pytest.mark.parametrize("text", ["", "cats", "10.0.0.1/16", "10.0.0.0/33", "10.0.0.0/-1", "fd00::/48", "10.0.0.0/16 "])
def test_what_is_no_range_of_ipv4_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        range_of({"DATACATS_SUBNETS": text})
    assert caught.value.message.startswith("DATACATS_SUBNETS is not a network: ")
    assert caught.value.hint == "For example: 10.213.0.0/16"


@pytest.mark.parametrize("text", ["10.9.0.0/27", "10.9.0.0/28", "10.9.0.1/32", "10.9.0.1"])
def test_a_range_without_room_for_two_networks_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="has no room for the two networks of a site"):
        range_of({"DATACATS_SUBNETS": text})


def test_the_smallest_range_holds_one_site() -> None:
    assert range_of({"DATACATS_SUBNETS": str(SMALL)}) == SMALL
    assert free_pair(SMALL, []) == ("10.9.0.0/27", "10.9.0.32/27")
    assert pairs_left(SMALL, [], 9) == 1


@pytest.mark.parametrize("taken", ["10.9.0.0/27", "10.9.0.63/32", "10.9.0.0/16", "0.0.0.0/0", "10.9.0.40/30"])
def test_whatever_overlaps_takes_away(taken: str) -> None:
    assert pairs_left(SMALL, [taken], 9) == 0
    with pytest.raises(Conflict) as caught:
        free_pair(SMALL, [taken])
    assert caught.value.message == "No two free subnets are left in 10.9.0.0/26."
    assert "DATACATS_SUBNETS" in caught.value.hint
    assert "purge" in caught.value.hint


@pytest.mark.parametrize("taken", ["10.9.0.64/26", "10.8.255.0/24", "fd00::/8", "::/0"])
def test_whatever_lies_elsewhere_does_not(taken: str) -> None:
    assert pairs_left(SMALL, [taken], 9) == 1


def test_a_free_pair_need_not_be_neighbours_and_takes_nobodys_addresses() -> None:
    taken = ["10.213.0.0/27", "10.213.0.64/27", "10.213.0.128/26"]
    pair = free_pair(range_of({}), taken)
    assert pair == ("10.213.0.32/27", "10.213.0.96/27")
    assert not [each for each in pair for other in taken if ip_network(each).overlaps(ip_network(other))]


def test_counting_ends_at_enough() -> None:
    assert pairs_left(range_of({}), [], 3) == 3
    assert pairs_left(range_of({}), [], 0) == 0
