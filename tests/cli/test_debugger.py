"""``start --debugger``: an editor's debugger reaches the development server from this machine, and from no other."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import Desk

WEB = "datacats_web_catstown"


def port(desk: Desk) -> int:
    return int(desk.site()["port"]) + 1000


def published(desk: Desk) -> dict[int, str]:
    spec = desk.engine.world.container(WEB).spec
    return {each.port: each.address for each in spec.ports}


def test_the_port_is_told_and_is_on_loopback_wherever_the_page_is(catstown: Desk) -> None:
    ran = catstown.done("start", "catstown", "--debugger", "--address", "0.0.0.0", "--expose-debugger")  # noqa: S104
    assert f"Debugger (debugpy) at 127.0.0.1:{port(catstown)}" in ran.out
    assert published(catstown)[port(catstown)] == "127.0.0.1"


def test_it_stays_until_it_is_no_more_wanted(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--debugger")
    catstown.forget()
    again = json.loads(catstown.done("start", "catstown", "--json").out)
    assert again["result"]["debugger"] == f"127.0.0.1:{port(catstown)}"
    assert catstown.changes() == []
    assert "Debugger" not in catstown.done("start", "catstown", "--no-debugger").out
    assert len(published(catstown)) == 1


def test_the_production_server_has_none(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--debugger")
    assert "Debugger" not in catstown.done("start", "catstown", "--production").out
    assert len(published(catstown)) == 1


@pytest.mark.parametrize("other", ["--production", "--interactive"])
def test_it_is_refused_with_what_makes_no_sense_with_it(catstown: Desk, other: str) -> None:
    ran = catstown("start", "catstown", "--debugger", other)
    assert ran.status == 2
    assert "--debugger excludes" in ran.err


def test_a_taken_port_is_told_with_its_holder_and_nothing_is_changed(catstown: Desk) -> None:
    catstown.http.taken[port(catstown)] = "nginx (pid 7)"
    catstown.forget()
    ran = catstown("start", "catstown", "--debugger")
    assert ran.status == 13
    assert f"Port {port(catstown)} on 127.0.0.1, where the debugger would be, is taken by nginx (pid 7)." in ran.err
    assert catstown.changes() == []


def test_the_port_it_has_already_is_no_obstacle(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--debugger")
    catstown.http.taken[port(catstown)] = "docker-proxy"
    assert catstown.done("start", "catstown", "--debugger").status == 0
