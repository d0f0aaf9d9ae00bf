"""A further site of an environment: every command that is suggested for it names it, and the first one is let alone."""

from __future__ import annotations

import pytest

from tests.support.desk import WORK, Desk, Ran

PASSWORD = b"correct horse\n"


@pytest.fixture
def staging(catstown: Desk) -> Desk:
    """An environment with a second site that runs."""
    init(catstown)
    catstown.forget()
    return catstown


def init(desk: Desk, *words: str) -> Ran:
    return desk.done("init", "-s", "staging", *words, WORK / "catstown", "--admin-password-stdin", stdin=PASSWORD)


def set_toml(desk: Desk, before: bytes, after: bytes) -> None:
    path = WORK / "catstown" / "datacats.toml"
    content = desk.disk.read(path)
    assert before in content
    desk.disk.add(path, content.replace(before, after))


def test_one_that_is_only_made_is_told_to_be_started_by_its_name(catstown: Desk) -> None:
    out = init(catstown, "--image-only").out
    assert "catstown/staging is made.\n" in out
    assert "Start it: datacats start -s staging catstown\n" in out


def test_one_that_waits_for_its_data_is_filled_by_its_name(catstown: Desk) -> None:
    assert "datacats db load -s staging FILE -e catstown\n" in init(catstown, "--no-init-db").out


def test_what_is_said_of_the_first_site_names_none(desk: Desk) -> None:
    out = desk.done("create", "catstown", "--image-only").out
    assert "Start it: datacats start catstown\n" in out


def test_the_command_that_was_suggested_starts_that_site_alone(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    out = init(catstown, "--image-only").out
    suggested = out.partition("Start it: datacats ")[2].split("\n")[0]
    catstown.done(*suggested.split())
    running = {name for name, state in catstown.states().items() if state == "running"}
    assert "datacats_web_catstown_staging" in running
    assert {name for name in running if "staging" not in name} == set()


def test_open_of_a_stopped_one_says_how_it_is_started(staging: Desk) -> None:
    staging.done("stop", "-s", "staging", "catstown")
    ran = staging("open", "-s", "staging", "catstown")
    assert ran.status == 15
    assert ran.err.splitlines() == [
        "Error: The site staging does not run.",
        "Next: Start it: datacats start -s staging catstown",
    ]


def test_a_container_that_is_gone_is_made_by_its_name(staging: Desk) -> None:
    staging.engine.containers.remove("datacats_solr_catstown_staging")
    ran = staging("exec", "-e", "catstown", "-s", "staging", "solr", "true")
    assert ran.status == 11
    assert "Next: Make it: datacats start -s staging catstown\n" in ran.err


@pytest.mark.parametrize("words", ["exec -e catstown -s staging cron true", "restart -s staging cron catstown"])
def test_a_service_that_is_switched_off_is_switched_on_where_it_was_missed(staging: Desk, words: str) -> None:
    ran = staging(*words.split())
    assert "Switch it on: datacats service add -s staging cron -e catstown\n" in ran.err


def test_a_newer_version_in_the_file_is_taken_up_by_its_name(staging: Desk) -> None:
    set_toml(staging, b'ckan = "2.12"', b'ckan = "2.12.1"')
    said = staging.done("start", "-s", "staging", "catstown").err
    assert "says CKAN 2.12.1; staging runs 2.12.0 until: datacats upgrade -s staging catstown\n" in said
    assert "until: datacats upgrade catstown\n" in staging.done("start", "catstown").err


def test_stopping_it_leaves_the_first_one_running(staging: Desk) -> None:
    assert staging.done("stop", "-s", "staging", "catstown").out == "Stopped catstown/staging\n"
    states = staging.states()
    assert {state for name, state in states.items() if name.endswith("_staging")} == {"exited"}
    assert {state for name, state in states.items() if not name.endswith("_staging")} == {"running"}
    assert staging.done("stop", "-s", "staging", "catstown").out == "catstown/staging was not running\n"


def test_purging_it_leaves_the_first_one_and_the_environment(staging: Desk) -> None:
    before = {name for name in staging.states() if not name.endswith("_staging")}
    assert staging.done("purge", "-s", "staging", "-y", "catstown").out == "Purged catstown: staging\n"
    assert set(staging.states()) == before
    assert staging.site()["phase"] == "created"
    assert "has no site 'staging'" in staging("start", "-s", "staging", "catstown").err


def test_a_switch_is_the_environments_and_only_the_named_site_is_brought_to_it(staging: Desk) -> None:
    staging.done("service", "remove", "worker", "-e", "catstown", "-s", "staging")
    assert "datacats_worker_catstown_staging" not in staging.states()
    assert staging.states()["datacats_worker_catstown"] == "running"
    staging.done("start", "catstown")
    assert "datacats_worker_catstown" not in staging.states()


def test_it_has_a_port_and_networks_of_its_own(staging: Desk) -> None:
    first, second = staging.site(), staging.site(site="staging")
    assert first["port"] != second["port"]
    assert not {*first["subnets"]} & {*second["subnets"]}
    rows = [line.split() for line in staging.done("list").lines]
    assert [row[0] for row in rows] == ["catstown", "catstown/staging"]
    assert [row[-1] for row in rows] == [f"http://127.0.0.1:{each['port']}/" for each in (first, second)]


@pytest.mark.parametrize("verb", ["create", "init"])
def test_making_it_again_says_that_it_is_there(staging: Desk, verb: str) -> None:
    ran = staging(verb, "-s", "staging", WORK / "catstown", "--admin-password-stdin", stdin=PASSWORD)
    assert ran.status == 5
    assert "staging" in ran.err
    assert "start" in ran.err
