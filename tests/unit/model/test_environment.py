"""Environments, sites and the host as values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datacats.model.environment import Environment, Host, Mode, Phase, Site, SiteContext
from datacats.model.image import ImageRef, ImageSet

IMAGES = ImageSet(*(ImageRef(f"datacats/{role}", "1") for role in ("web", "postgres", "search", "redis")))
SITE = Site("primary", 5716, ("10.0.0.0/27", "10.0.0.32/27"), IMAGES)
CATS = Environment("cats", Path("/src/cats"), Path("/data/cats"), "uuid", "2.12.0")


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5716"),
        ("0.0.0.0", "http://127.0.0.1:5716"),  # noqa: S104 - read, not bound
        ("192.0.2.7", "http://192.0.2.7:5716"),
        ("::", "http://127.0.0.1:5716"),
        ("::1", "http://[::1]:5716"),
        ("2001:db8::7", "http://[2001:db8::7]:5716"),
    ],
)
def test_the_address_of_a_site_can_be_opened_whatever_it_listens_on(address: str, url: str) -> None:
    assert replace(SITE, address=address).url == url


def test_a_site_behind_a_proxy_has_the_address_that_people_use() -> None:
    assert replace(SITE, site_url="https://data.example").url == "https://data.example"


def test_a_new_site_is_for_this_machine_alone_in_development_and_unfinished() -> None:
    assert (SITE.address, SITE.mode, SITE.phase) == ("127.0.0.1", Mode.DEVELOPMENT, Phase.CREATING)


@pytest.mark.parametrize("word", [*Mode, *Phase])
def test_modes_and_phases_read_as_their_words(word: Mode | Phase) -> None:
    assert str(word) == f"{word}" == word.value


def test_each_site_has_a_directory_of_its_own_in_the_data_directory() -> None:
    assert CATS.site_directory("sandbox") == Path("/data/cats/sites/sandbox")
    context = SiteContext(CATS, replace(SITE, name="sandbox"), Host(1000, 1001))
    assert context.directory == CATS.site_directory("sandbox")


def test_the_user_of_containers_is_the_owner_of_the_files() -> None:
    assert Host(1000, 1001).user == "1000:1001"


@pytest.mark.parametrize(("port", "debugger"), [(5716, 6716), (64535, 65535), (64536, 63536), (65535, 64535)])
def test_the_debuggers_port_follows_from_the_pages_and_is_always_one(port: int, debugger: int) -> None:
    assert replace(SITE, port=port, debugger=True).debugger_port == debugger


def test_where_no_debugger_listens_it_has_no_port() -> None:
    assert SITE.debugger_port == 0
    assert replace(SITE, debugger=True, mode=Mode.PRODUCTION).debugger_port == 0
