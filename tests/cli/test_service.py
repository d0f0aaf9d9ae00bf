"""``service list``, ``add`` and ``remove``: what a site has beside the services that it must have."""

from __future__ import annotations

import pytest

from tests.support.desk import WORK, Desk

WORKER = "datacats_worker_catstown"
TOML = WORK / "catstown" / "datacats.toml"


def toml(desk: Desk) -> str:
    return desk.disk.read(TOML).decode()


def test_the_list_says_what_there_is_and_what_there_could_be(catstown: Desk) -> None:
    lines = catstown.done("service", "list", "catstown").lines
    assert lines[0] == "web             running  CKAN's pages and API"
    assert lines[4] == "worker          running  runs the background jobs of CKAN"
    assert lines[7].startswith("harvest-gather  off      ")


def test_the_list_as_json_says_when_a_service_is_there_by_itself(catstown: Desk) -> None:
    del catstown.engine.world.containers[WORKER]
    found = {each["name"]: each for each in catstown.done("service", "list", "catstown", "--json").result["services"]}
    assert found["worker"] == {
        "name": "worker",
        "on": True,
        "state": "",
        "what": "runs the background jobs of CKAN",
        "usual": "on, but for --low-memory sites",
    }
    assert found["web"]["usual"] == ""


def test_a_removed_service_goes_alone_and_stays_away(catstown: Desk) -> None:
    before = toml(catstown)
    assert catstown.done("service", "remove", "worker", "-e", "catstown").out == "worker is off in catstown\n"
    assert toml(catstown) == f"{before}\n[services]\nworker = false\n"
    assert catstown.engine.mutations == [f"stop {WORKER}", f"remove {WORKER}"]
    catstown.done("reload", "catstown")
    assert WORKER not in catstown.states()
    assert catstown.done("info", "catstown").lines[4] == "Containers: web postgres solr redis mail"
    assert "running" in catstown.done("list").out


def enable(desk: Desk, plugin: str) -> None:
    ini = desk.disk.read(TOML.parent / "ckan.ini")
    desk.disk.add(TOML.parent / "ckan.ini", ini.replace(b"ckan.plugins = ", f"ckan.plugins = {plugin} ".encode()))


@pytest.mark.parametrize("service", ["harvest-gather", "harvest-fetch"])
def test_a_service_whose_program_is_an_extensions_is_refused_without_it(catstown: Desk, service: str) -> None:
    ran = catstown("service", "add", service, "-e", "catstown")
    assert (ran.status, catstown.changes()) == (5, [])
    assert "whose plugin harvest is not enabled in catstown" in ran.err
    assert "datacats install -e catstown ckanext-harvest" in ran.err


def test_it_can_be_switched_off_all_the_same(catstown: Desk) -> None:
    catstown.disk.add(TOML, f"{toml(catstown)}\n[services]\nharvest-fetch = true\n".encode())
    catstown.done("service", "remove", "harvest-fetch", "-e", "catstown")
    assert "harvest-fetch = false" in toml(catstown)


def test_an_added_service_starts_alone_and_again_it_changes_nothing(catstown: Desk) -> None:
    enable(catstown, "harvest")
    catstown.done("reload", "catstown")
    catstown.forget()
    assert (
        catstown.done("service", "add", "harvest-gather", "-e", "catstown").out == "harvest-gather is on in catstown\n"
    )
    assert catstown.engine.mutations == [
        "create datacats_harvest-gather_catstown",
        "connect datacats_harvest-gather_catstown to datacats_back_catstown",
        "start datacats_harvest-gather_catstown",
    ]
    assert catstown.engine.world.container("datacats_harvest-gather_catstown").spec.command[-2:] == (
        "harvester",
        "gather-consumer",
    )
    catstown.forget()
    assert catstown.done("service", "add", "harvest-gather", "-e", "catstown").out == "harvest-gather was on already\n"
    assert catstown.changes() == []


def test_in_a_site_that_does_not_run_a_switch_only_writes_what_the_next_start_follows(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    catstown.forget()
    catstown.done("service", "remove", "worker", "-e", "catstown")
    assert catstown.engine.mutations == []
    catstown.done("start", "catstown")
    assert WORKER not in catstown.states()


def test_a_dry_run_shows_the_plan_and_does_nothing(catstown: Desk) -> None:
    ran = catstown.done("service", "remove", "worker", "-e", "catstown", "--dry-run")
    assert ran.lines == [
        f"1 place file {TOML} (asked for)",
        f"2 stop {WORKER} (switched off)",
        f"3 remove {WORKER} (switched off)",
    ]
    assert catstown.changes() == []


def test_a_switch_by_hand_is_followed_by_start(catstown: Desk) -> None:
    catstown.disk.add(TOML, f"{toml(catstown)}\n[services]\nworker = false\n".encode())
    catstown.done("start", "catstown")
    assert WORKER not in catstown.states()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('worker = "no"', "services.worker must be true or false"),
        ("wroker = true", "Did you mean 'worker'?"),
        ("web = false", "services.web cannot be switched"),
    ],
)
def test_a_wrong_switch_is_told_with_what_would_do(catstown: Desk, line: str, words: str) -> None:
    catstown.disk.add(TOML, f"{toml(catstown)}\n[services]\n{line}\n".encode())
    ran = catstown("start", "catstown")
    assert ran.status == 3
    assert words in ran.err


@pytest.mark.parametrize(
    ("service", "status", "words"),
    [("solr", 2, "Every site has solr"), ("mysql", 4, "Services to switch: worker")],
)
def test_what_cannot_be_switched_is_refused(catstown: Desk, service: str, status: int, words: str) -> None:
    ran = catstown("service", "remove", service, "-e", "catstown")
    assert (ran.status, catstown.changes()) == (status, [])
    assert words in ran.err


@pytest.mark.parametrize(
    "words",
    ["restart harvest-gather catstown", "logs harvest-gather -e catstown", "exec -e catstown harvest-gather sh"],
)
def test_what_is_switched_off_is_told_with_how_to_switch_it_on(catstown: Desk, words: str) -> None:
    ran = catstown(*words.split())
    assert ran.status in {4, 11}
    assert "datacats service add harvest-gather -e catstown" in ran.err


def test_a_site_with_little_memory_has_no_worker_until_it_is_asked_for(desk: Desk) -> None:
    desk.create("catstown", "--low-memory")
    assert WORKER not in desk.states()
    desk.done("service", "add", "worker", "-e", "catstown")
    assert desk.states()[WORKER] == "running"
