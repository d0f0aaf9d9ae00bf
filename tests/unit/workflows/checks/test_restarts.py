from __future__ import annotations

from datacats.model.finding import Severity
from datacats.workflows.checks import restarts
from datacats.workflows.checks.complaint import Complaint
from datacats.workflows.checks.restarts import judge
from tests.unit.workflows.checks.scene import LABELS, Scene, detail, service


def test_a_service_that_was_never_started_again_is_well() -> None:
    assert [each.severity for each in judge([service(), service("solr", "exited")])] == [Severity.OK]


def test_a_container_that_ends_again_and_again_is_an_error_with_the_last_words_of_its_log() -> None:
    seen = service("web", "restarting", detail=detail(restarts=12), complaint=Complaint("KeyError: cats", 0.0))
    (found,) = judge([seen])
    assert (found.severity, "12 times" in found.what) == (Severity.ERROR, True)
    assert "KeyError: cats" in found.why
    assert found.fix == "See why: datacats logs web -e catstown --tail 50"


def test_one_that_came_back_a_moment_ago_is_a_warning_and_long_ago_it_is_nothing() -> None:
    (recent,) = judge([service(detail=detail(restarts=1), age=30.0)])
    assert (recent.severity, "30 s ago" in recent.what) == (Severity.WARNING, True)
    (old,) = judge([service(detail=detail(restarts=1), age=86400.0)])
    assert old.severity is Severity.OK


def test_the_engine_says_how_often() -> None:
    scene = Scene()
    scene.run("datacats_web_catstown", labels=LABELS)
    container = scene.engine.world.containers["datacats_web_catstown"]
    container.state, container.restarts = "restarting", 3
    (found,) = restarts.check(scene.facts)
    assert found.what == "web of catstown ends again and again: it was started anew 3 times."
