"""A page's names are not taken literally on an engine that others use as well."""

from __future__ import annotations

import re
import socket

import pytest

from datacats.model.derived_port import derived_port
from tests.docs.disguise import Disguise


@pytest.fixture
def disguise() -> Disguise:
    return Disguise(["catstown", "portal", "portal/sandbox"], [8080], {"/home/me/.datacats": "/d", "/home/me": "/h"})


@pytest.mark.parametrize(
    "text",
    [
        "datacats create catstown",
        "ckanext-catstowntheme class CatstownTheme",
        f"http://127.0.0.1:{derived_port('catstown')}/ http://127.0.0.1:8080/",
        f"portal/sandbox at {derived_port('portal', 'sandbox')}",
        "/home/me/projects /home/me/.datacats/portal",
    ],
)
def test_what_is_put_on_can_be_taken_off(disguise: Disguise, text: str) -> None:
    assert disguise.on(text) != text
    assert disguise.off(disguise.on(text)) == text


def test_no_name_of_the_page_is_left_and_columns_stay_as_wide(disguise: Disguise) -> None:
    on = disguise.on("catstown portal Catstown")
    assert re.fullmatch(r"c[0-9a-f]{7} p[0-9a-f]{5} C[0-9a-f]{7}", on)


def test_the_port_is_the_one_that_follows_from_the_name_in_use(disguise: Disguise) -> None:
    name, port = disguise.on(f"catstown {derived_port('catstown')}").split()
    assert int(port) == derived_port(name)
    name, port = disguise.on(f"portal {derived_port('portal', 'sandbox')}").split()
    assert int(port) == derived_port(name, "sandbox")


def test_a_longer_path_is_not_taken_for_a_shorter_one(disguise: Disguise) -> None:
    assert disguise.on("/home/me/.datacats /home/me/x") == "/d /h/x"


def test_a_number_that_holds_a_port_is_another_number(disguise: Disguise) -> None:
    assert disguise.on("18080 80801") == "18080 80801"


def test_a_port_that_the_page_chooses_becomes_a_free_one(disguise: Disguise) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(disguise.on("8080"))))


def test_a_page_without_names_is_left_as_it_is() -> None:
    assert Disguise([], [], {}).on("catstown 5296") == "catstown 5296"
