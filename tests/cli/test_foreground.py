"""``start --interactive``: web in the foreground of a terminal."""

from __future__ import annotations

import pytest

from datacats.engine.fake_world import Call, Outcome
from tests.support.desk import HOME, WORK, Desk
from tests.support.index import Index

EVERYWHERE = "0.0.0.0"  # noqa: S104 - chosen, not bound


@pytest.fixture
def served(catstown: Desk) -> list[Call]:
    """What the foreground's main process was told; it ends by itself with status 3."""
    calls: list[Call] = []

    def program(call: Call) -> Outcome:
        if not call.main or "datacats-serve" not in call.command:
            return Outcome(None) if call.main else Outcome(0)
        calls.append(call)
        return Outcome(3)

    catstown.engine.world.program = program
    return calls


def test_web_runs_in_the_foreground_and_its_status_is_ours(catstown: Desk, served: list[Call]) -> None:
    assert catstown("start", "-i", "catstown").status == 3
    (call,) = served
    assert call.container == "datacats_web_catstown"
    assert "--disable-reloader" in call.command


def test_a_web_in_the_background_makes_way_and_nothing_of_the_foreground_is_left(
    catstown: Desk, served: list[Call]
) -> None:
    catstown("start", "-i", "catstown")
    assert served
    names = set(catstown.engine.world.containers)
    assert not [name for name in names if "web" in name]
    assert catstown("start", "catstown").status == 0


@pytest.mark.parametrize("other", ["--background", "--production"])
def test_foreground_excludes_what_makes_no_sense_with_it(catstown: Desk, other: str) -> None:
    ran = catstown("start", "-i", other, "catstown")
    assert ran.status == 2
    assert "--interactive excludes" in ran.err


def test_a_site_in_production_mode_keeps_its_server_unless_the_other_one_is_asked_for(
    catstown: Desk, served: list[Call]
) -> None:
    catstown.done("start", "catstown", "--production", "--site-url", "https://data.example.org/")
    catstown.forget()
    ran = catstown("start", "-i", "catstown")
    assert (ran.status, served, catstown.changes()) == (5, [], [])
    assert "catstown is in production mode" in ran.err
    assert "datacats start --interactive --development catstown" in ran.err
    assert catstown("start", "-i", "catstown", "--development").status == 3
    assert catstown.site()["mode"] == "development"


def test_a_site_in_production_mode_that_answers_everyone_gets_no_debugger_by_the_way(
    catstown: Desk, served: list[Call]
) -> None:
    catstown.done("start", "catstown", "--production", "--address", EVERYWHERE)
    catstown.forget()
    ran = catstown("start", "-i", "catstown", "--development")
    assert (ran.status, served, catstown.changes()) == (5, [], [])
    assert f"must not answer on {EVERYWHERE}" in ran.err
    assert "insist: --expose-debugger" in ran.err
    assert catstown("start", "-i", "catstown", "--development", "--expose-debugger").status == 3


@pytest.mark.parametrize(
    ("before", "asked", "back"),
    [
        ("--development", (), "datacats start catstown"),
        ("--production", ("--development",), "datacats start --production catstown"),
    ],
)
def test_the_end_of_web_in_the_foreground_says_how_to_bring_it_back_as_it_was(
    catstown: Desk, served: list[Call], before: str, asked: tuple[str, ...], back: str
) -> None:
    catstown.done("start", "catstown", before)
    ran = catstown("start", "-i", "catstown", *asked)
    assert served
    assert ran.err.splitlines()[-1] == f"Web of catstown has ended and is gone. Bring it back: {back}"


def test_who_has_insisted_on_an_address_need_not_do_so_again(catstown: Desk, served: list[Call]) -> None:
    catstown.done("start", "catstown", "--address", EVERYWHERE, "--expose-debugger")
    assert catstown("start", "-i", "catstown").status == 3
    assert served


def test_an_address_that_is_chosen_with_it_is_looked_at(catstown: Desk, served: list[Call]) -> None:
    assert catstown("start", "-i", "catstown", "--address", EVERYWHERE).status == 5
    assert (served, catstown.site()["address"]) == ([], "127.0.0.1")


def test_a_port_that_somebody_took_is_told_before_anything_is_changed(catstown: Desk, served: list[Call]) -> None:
    catstown.done("stop", "catstown")
    port = catstown.site()["port"]
    catstown.http.taken[port] = "nginx (pid 7)"
    catstown.forget()
    ran = catstown("start", "-i", "catstown")
    assert (ran.status, served, catstown.changes()) == (13, [], [])
    assert f"Port {port} on 127.0.0.1 is taken by nginx (pid 7)." in ran.err
    assert f"give the site another port: datacats start catstown {port + 1}" in ran.err


def test_the_port_of_the_web_in_the_background_is_no_obstacle(catstown: Desk, served: list[Call]) -> None:
    catstown.http.taken[catstown.site()["port"]] = "docker-proxy"
    assert catstown("start", "-i", "catstown").status == 3
    assert served


def test_a_port_that_is_taken_in_the_last_moment_is_told_with_its_holder(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    port = catstown.site()["port"]

    def program(call: Call) -> Outcome:
        catstown.http.taken[port] = "nginx (pid 7)"
        catstown.engine.world.taken.add(port)
        return Outcome(None) if call.main else Outcome(0)

    catstown.engine.world.program = program
    ran = catstown("start", "-i", "catstown")
    assert ran.status == 13
    assert f"Port {port} on 127.0.0.1 is taken by nginx (pid 7)." in ran.err


def test_it_prepares_what_start_does(desk: Desk) -> None:
    desk.create("catstown", "--bare")
    index = Index(desk)
    index.add("ckanext-pages", "0.5", pages="ckanext.pages.plugin:Pages")
    desk.engine.world.program = index.program
    desk.done("install", "-e", "catstown", "ckanext-pages", "--no-enable")
    ini = WORK / "catstown" / "ckan.ini"
    desk.disk.add(ini, desk.disk.read(ini).replace(b"ckan.plugins =", b"ckan.plugins = pages"))
    for name in desk.disk.names(HOME / "catstown" / "layers"):
        desk.disk.tree.remove(HOME / "catstown" / "layers" / name)
    index.ran.clear()
    ran = desk.done("start", "-i", "catstown")
    assert "the extensions are installed again" in ran.err
    assert "python /usr/lib/datacats/migrate.py" in index.ran
    assert desk.done("start", "catstown", "--dry-run").out.count("migrate.py") == 0
