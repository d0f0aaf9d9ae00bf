from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from datacats.model.finding import Severity
from datacats.model.service import PublishedPort
from datacats.workflows.checks import ports
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import HOME, Scene

TWIN = replace(ENVIRONMENT, name="dogville", source=Path("/src/dogville"), data=HOME / "dogville")


def test_a_free_port_is_well() -> None:
    (found,) = ports.check(Scene().facts)
    assert found.severity is Severity.OK


def test_a_port_that_the_site_itself_has_is_well() -> None:
    scene = Scene()
    scene.run_web()
    scene.http.taken[SITE.port] = "docker-proxy (pid 9)"
    (found,) = ports.check(scene.facts)
    assert found.severity is Severity.OK


def test_the_thief_of_a_port_is_named_and_a_free_one_offered() -> None:
    scene = Scene()
    scene.http.taken.update({5716: "python3 (pid 7)", 5717: "nginx (pid 8)"})
    (found,) = ports.check(scene.facts)
    assert found.severity is Severity.ERROR
    assert found.what == "Port 5716 of catstown is taken by python3 (pid 7)."
    assert found.fix.endswith("datacats start catstown 5718")


def test_a_thief_that_cannot_be_seen_is_told_all_the_same() -> None:
    scene = Scene()
    scene.http.taken[5716] = ""
    (found,) = ports.check(scene.facts)
    assert "taken by somebody else" in found.what


def test_a_container_that_has_the_port_is_named_rather_than_its_proxy() -> None:
    scene = Scene()
    scene.run("blog", ports=(PublishedPort("127.0.0.1", 5716, 80),))
    scene.http.taken[5716] = "docker-proxy (pid 9)"
    (found,) = ports.check(scene.facts)
    assert "the container blog" in found.what


def test_of_two_sites_with_one_port_the_second_is_told_to_move() -> None:
    scene = Scene()
    scene.add(TWIN, replace(SITE, name="blue"))
    (found,) = ports.check(scene.facts)
    assert found.what == "Port 5716 of dogville/blue is taken by the site catstown."
    assert found.fix.endswith("datacats start -s blue dogville 5717")


def test_a_port_that_another_site_has_been_promised_is_not_offered() -> None:
    scene = Scene()
    scene.add(TWIN, replace(SITE, port=5717))
    scene.http.taken[5716] = "python3 (pid 7)"
    (found,) = ports.check(scene.facts)
    assert found.fix.endswith("datacats start catstown 5718")


def test_ports_of_an_engine_elsewhere_are_not_looked_at() -> None:
    scene = Scene()
    scene.engine.host = "elsewhere.example.org"
    scene.http.taken[5716] = "python3 (pid 7)"
    assert ports.check(scene.facts) == ()
