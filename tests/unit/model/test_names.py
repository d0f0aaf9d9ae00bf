"""Names that users choose, and the names that follow from them."""

from __future__ import annotations

import pytest

from datacats.errors import UsageError
from datacats.model.names import (
    BACKING_SERVICES,
    BESIDE_WEB,
    SERVICES,
    STOP_ORDER,
    check_name,
    container_name,
    network_name,
    typed,
)


@pytest.mark.parametrize("name", ["a", "catstown", "cats-town", "site2", "a1-b2-c3", "a" * 40])
def test_a_plain_name_is_taken_as_it_is(name: str) -> None:
    assert check_name(name, "an environment") == name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param("Catstown", id="upper case"),
        pytest.param("catstown\n", id="trailing newline"),
        pytest.param(" catstown", id="leading space"),
        pytest.param("../catstown", id="path upwards"),
        pytest.param("/etc", id="absolute path"),
        pytest.param("..", id="parent directory"),
        pytest.param("cats/town", id="path inside"),
        pytest.param("a" * 41, id="one too long"),
        pytest.param("a" * 300, id="300 characters"),
        pytest.param("c\u0430tstown", id="Cyrillic a"),
        pytest.param("catst\u00f6wn", id="umlaut"),
        pytest.param("\uff43atstown", id="full-width c"),
        pytest.param("cats\u0661", id="Arabic digit"),
        pytest.param("cats--town", id="two dashes"),
        pytest.param("cats_town", id="underscore, which separates the site"),
        pytest.param("-cats", id="leading dash, which is an option"),
        pytest.param("cats-", id="trailing dash"),
        pytest.param("2cats", id="leading digit"),
        pytest.param("cats\0town", id="null byte"),
        pytest.param("cats;rm", id="shell word"),
    ],
)
def test_any_other_name_is_refused_on_one_line(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name, "an environment")
    assert "an environment" in caught.value.message
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("name", "near"),
    [("Cats Town", "cats-town"), ("cats__town", "cats-town"), ("2cats", "cats"), ("b" * 300, "b" * 40)],
)
def test_a_refused_name_comes_with_one_near_it_that_would_do(name: str, near: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name") as caught:
        check_name(name, "a site")
    assert caught.value.hint.endswith(f"for example {near}.")
    assert check_name(near, "a site") == near


@pytest.mark.parametrize("name", ["", "..", "42", "\u732b"])
def test_a_name_with_nothing_to_go_by_comes_with_the_rule_alone(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_name(name, "a site")
    assert "for example" not in caught.value.hint
    assert "lower-case" in caught.value.hint


def test_the_primary_site_has_the_short_names_and_another_site_says_its_own() -> None:
    assert container_name("web", "datapusher") == "datacats_web_datapusher"
    assert container_name("postgres", "datapusher", "sandbox") == "datacats_postgres_datapusher_sandbox"
    assert network_name("back", "datapusher") == "datacats_back_datapusher"
    assert network_name("front", "datapusher", "sandbox") == "datacats_front_datapusher_sandbox"


def test_no_two_pairs_of_environment_and_site_share_a_container_name() -> None:
    pairs = [("a", "b"), ("a-b", "primary"), ("a", "primary"), ("b", "a"), ("a", "a-b"), ("a-a", "b")]
    assert len({container_name("web", *pair) for pair in pairs}) == len(pairs)


def test_a_command_names_the_site_that_it_is_for_where_another_could_be_meant() -> None:
    assert typed("start", "mytown") == "datacats start mytown"
    assert typed("start", "mytown", "sandbox") == "datacats start -s sandbox mytown"
    assert typed("purge", "mytown") == "datacats purge -s primary mytown", "without it every site would go"


def test_every_service_is_stopped_with_web_first_and_postgres_last() -> None:
    assert set(STOP_ORDER) == set(SERVICES) == {"web", *BACKING_SERVICES, *BESIDE_WEB}
    assert (STOP_ORDER[0], STOP_ORDER[-1]) == ("web", "postgres")
