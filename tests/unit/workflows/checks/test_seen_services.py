"""What is seen of services: the engine's facts and their own words, whatever state they are in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.apply.wait import GAVE_UP
from datacats.engine.fake_world import Call, Outcome, refusal
from datacats.model.environment import Phase
from datacats.model.ports import Answer, LogLine
from datacats.model.sign import Sign
from datacats.services import signs
from datacats.workflows.checks.complaint import Complaint
from datacats.workflows.checks.seen_services import SeenService
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import HOME, LABELS, NOW, Scene

STARTED = 1_700_000_000.0
"""When the containers of a fake engine were started."""

ALL = ("web", "postgres", "solr", "redis", "worker", "mail")
LISTENING = b"PONG\nid=4 name=w1 age=1\nqueue 0 0 ckan:catstown:default\nworker w1 ckan:catstown:default\n"
DEAF = b"PONG\nid=4 name= age=1\nqueue 1 0 ckan:catstown:default\nworker w1 ckan:catstown:default\n"


@pytest.fixture
def scene() -> Scene:
    """A site of which everything runs and says that it is well."""
    made = Scene()
    made.http.script(signs.page(SITE), Answer(200, "OK", b'{"result": {"ckan_version": "2.12.0"}}'))
    for service in ALL:
        made.run(f"datacats_{service}_catstown", labels=LABELS)
    return made


def say(scene: Scene, **told: Outcome) -> None:
    """Let services answer so when they are asked."""

    def program(call: Call) -> Outcome:
        return Outcome(None) if call.main else told.get(call.container.split("_")[1], Outcome())

    scene.engine.world.program = program


def seen(scene: Scene, now: float = NOW) -> dict[str, SeenService]:
    facts = replace(scene.facts, now=now)
    return {each.service: each for each in facts.services}


def test_every_service_that_a_site_should_have_is_seen_and_no_other(scene: Scene) -> None:
    scene.run("datacats_cron_catstown", labels=LABELS)
    assert tuple(seen(scene)) == ALL


def test_what_the_engine_knows_and_what_the_service_says_are_told_together(scene: Scene) -> None:
    say(scene, postgres=Outcome(0, b"version 15.14\ndatasets 3\n"))
    found = seen(scene, STARTED + 90)
    assert found["postgres"].sign == Sign(well=True, version="15.14", datasets=3)
    assert found["web"].sign == Sign(well=True, version="2.12.0")
    assert found["postgres"].age == 90
    assert found["postgres"].usage is not None
    assert {each.health for each in found.values()} == {"ok", "unknown"}


def test_what_has_no_container_is_missing_and_a_strangers_of_that_name_does_not_count(scene: Scene) -> None:
    scene.engine.containers.remove("datacats_solr_catstown")
    scene.run("datacats_solr_catstown", labels={})
    found = seen(scene)["solr"]
    assert (found.state, found.health, found.is_well, found.sign) == ("missing", "", False, None)


@pytest.mark.parametrize("state", ["paused", "exited", "restarting", "created", "dead"])
def test_only_what_runs_is_asked(scene: Scene, state: str) -> None:
    scene.engine.world.containers["datacats_redis_catstown"].state = state
    found = seen(scene)["redis"]
    assert (found.state, found.health, found.sign) == (state, "", None)
    assert found.detail is not None


def test_a_container_that_goes_under_the_question_is_failing_and_the_rest_is_told(scene: Scene) -> None:
    def program(call: Call) -> Outcome:
        if call.container == "datacats_solr_catstown":
            raise refusal(404, f"No such container: {call.container}")
        return Outcome()

    scene.engine.world.program = program
    found = seen(scene)
    assert (found["solr"].health, found["postgres"].health) == ("failing", "ok")


def test_web_that_does_not_answer_is_starting_at_first_and_failing_later(scene: Scene) -> None:
    scene.http.script(signs.page(SITE), Answer(500))
    assert seen(scene, STARTED + 5)["web"].health == "starting"
    late = seen(scene, STARTED + 3600)["web"]
    assert (late.health, late.is_well) == ("failing", False)
    assert late.sign is not None
    assert late.sign.said == "status 500"


def test_web_that_has_given_up_is_failing_however_young(scene: Scene) -> None:
    scene.http.script(signs.page(SITE), Answer(500))
    web = scene.engine.world.containers["datacats_web_catstown"]
    web.log.append((STARTED + 1, LogLine("stderr", f"{GAVE_UP}: SyntaxError")))
    assert seen(scene, STARTED + 5)["web"].health == "failing"


def test_a_worker_is_well_when_redis_has_it_on_its_list_and_on_the_line(scene: Scene) -> None:
    say(scene, redis=Outcome(0, LISTENING))
    assert seen(scene)["worker"].health == "ok"
    say(scene, redis=Outcome(0, DEAF))
    assert seen(scene)["worker"].health == "failing"


def test_a_worker_may_take_its_time_to_find_a_redis_that_is_new(scene: Scene) -> None:
    say(scene, redis=Outcome(0, DEAF))
    scene.engine.world.containers["datacats_redis_catstown"].started = "2023-11-14T23:00:00Z"
    assert seen(scene, STARTED + 50 * 60)["worker"].health == "failing"
    assert seen(scene, STARTED + 47 * 60)["worker"].health == "starting"


def test_nobody_knows_of_a_worker_whose_redis_does_not_tell(scene: Scene) -> None:
    say(scene, redis=Outcome(1, b"", b"Could not connect to Redis"))
    found = seen(scene)
    assert (found["redis"].health, found["worker"].health) == ("failing", "unknown")


def test_the_last_error_since_the_start_comes_with_its_moment(scene: Scene) -> None:
    web = scene.engine.world.containers["datacats_web_catstown"]
    web.log = [(STARTED + 7, LogLine("stderr", "ValueError: cats"))]
    assert seen(scene)["web"].complaint == Complaint("ValueError: cats", STARTED + 7)


def test_the_services_of_a_site_in_the_making_are_not_asked(scene: Scene) -> None:
    scene.add(ENVIRONMENT, replace(SITE, phase=Phase.UPGRADING))
    assert seen(scene) == {}


def test_what_datacats_toml_switches_off_is_not_missed(scene: Scene) -> None:
    toml = ENVIRONMENT.source / "datacats.toml"
    scene.disk.add(toml, scene.disk.read(toml) + b"\n[services]\nworker = false\n")
    assert "worker" not in seen(scene)
    assert scene.facts.data.home == HOME


def test_one_site_of_an_environment_can_be_looked_at_alone(scene: Scene) -> None:
    scene.add(ENVIRONMENT, replace(SITE, name="blue"))
    facts = scene.facts.about("catstown", "blue")
    assert [each.site.name for each in facts.data.sites] == ["blue"]
    assert {each.state for each in facts.services} == {"missing"}
