"""In production web serves until CKAN was seen to start in its place: a mistake takes no portal down."""

from __future__ import annotations

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.model.image import ImageRef
from datacats.model.service import ContainerSpec
from tests.cli.test_install import index
from tests.cli.test_upgrade import OLD, rewrite
from tests.support.desk import Desk
from tests.support.index import Index

__all__ = ["index"]

WEB, WORKER, SOLR = (f"datacats_{each}_catstown" for each in ("web", "worker", "solr"))
BROKEN = b"""\
Error while loading the application:
  File "/project/ckanext-whiskers/ckanext/whiskers/plugin.py", line 3, in <module>
ModuleNotFoundError: No module named 'purr'
"""


class Programs:
    """Programs on an engine; ``broken`` says that CKAN does not start.

    ``tried`` is what ran each time that CKAN was tried out, ``specs`` are the containers that did it.
    """

    def __init__(self, desk: Desk, *, broken: bool = False) -> None:
        self.desk = desk
        self.broken = broken
        self.tried: list[dict[str, str]] = []
        self.specs: list[ContainerSpec] = []
        self._others = desk.engine.world.program
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        if "--check-config" not in call.command:
            return self._others(call) if not call.main or call.container.startswith("random") else Outcome(None)
        self.tried.append(self.desk.states())
        self.specs.append(self.desk.engine.world.container(call.container).spec)
        return Outcome(1, stderr=BROKEN) if self.broken else Outcome(0)


@pytest.fixture
def portal(catstown: Desk) -> Desk:
    """A site in production."""
    catstown.done("start", "catstown", "--production")
    catstown.forget()
    return catstown


def identities(desk: Desk) -> dict[str, str]:
    """The containers that run."""
    return {name: each.id for name, each in desk.engine.world.containers.items() if each.runs}


@pytest.mark.parametrize(
    "words",
    [
        ("reload", "catstown"),
        ("reload", "catstown", "-b"),
        ("restart", "web", "catstown"),
        ("start", "catstown", "--site-url", "https://cats.example.org"),
    ],
)
def test_what_serves_in_production_serves_on_when_ckan_does_not_start(portal: Desk, words: tuple[str, ...]) -> None:
    before = identities(portal)
    Programs(portal, broken=True)
    ran = portal(*words)
    assert (ran.status, identities(portal)) == (16, before)
    assert "CKAN 2.12.0 does not start with ckanext-whiskers: ModuleNotFoundError: No module named 'purr'" in ran.err
    assert "line 3, in <module>" in ran.err, "the last lines say where"
    assert "Web serves on as it was." in ran.err


def test_what_was_mended_takes_its_place_with_the_next_reload(portal: Desk) -> None:
    before, programs = identities(portal), Programs(portal, broken=True)
    portal("reload", "catstown")
    programs.broken = False
    portal.done("reload", "catstown")
    assert {name for name, identity in identities(portal).items() if before[name] != identity} == {WEB, WORKER}


def test_it_is_tried_out_as_web_will_be_beside_the_one_that_serves(portal: Desk) -> None:
    programs = Programs(portal)
    portal.done("reload", "catstown")
    (there,), (tried,), web = programs.tried, programs.specs, portal.engine.world.container(WEB).spec
    assert (there[WEB], there[WORKER]) == ("running", "running")
    assert (tried.image, tried.mounts, tried.env, tried.user) == (web.image, web.mounts, web.env, web.user)
    assert (tried.command, tried.ports) == ((*web.command, "--check-config"), ())
    assert not [name for name in portal.states() if name.startswith("random")]


def test_it_is_tried_out_when_what_it_works_with_is_there(portal: Desk) -> None:
    del portal.engine.world.containers[SOLR]
    programs = Programs(portal)
    portal.done("reload", "catstown")
    assert [each[SOLR] for each in programs.tried] == ["running"]


@pytest.mark.parametrize(
    "words",
    [("start", "catstown"), ("restart", "worker", "catstown"), ("restart", "solr", "catstown")],
)
def test_a_web_that_stays_is_not_tried_out(portal: Desk, words: tuple[str, ...]) -> None:
    programs = Programs(portal)
    portal.done(*words)
    assert programs.tried == []


def test_a_site_that_does_not_serve_is_started_at_once(portal: Desk) -> None:
    programs = Programs(portal)
    portal.done("stop", "catstown")
    portal.done("reload", "catstown")
    assert programs.tried == []


def test_development_waits_for_no_trial(catstown: Desk) -> None:
    programs = Programs(catstown)
    catstown.done("reload", "catstown")
    catstown.done("start", "catstown", "--production")
    catstown.done("start", "catstown", "--development")
    assert programs.tried == []


def test_a_network_that_somebody_removed_is_not_waited_for(portal: Desk) -> None:
    programs = Programs(portal)
    del portal.engine.world.networks["datacats_back_catstown"]
    portal.done("reload", "catstown")
    assert programs.tried == []


def test_a_dry_run_shows_the_trial_before_what_it_is_for(portal: Desk) -> None:
    lines = portal.done("reload", "catstown", "--dry-run").lines
    steps = [next(at for at, line in enumerate(lines) if words in line) for words in ("see CKAN start", f"stop {WEB}")]
    assert steps == sorted(steps)


def test_an_upgrade_whose_ckan_does_not_start_changes_nothing(portal: Desk) -> None:
    portal.engine.world.add_image(ImageRef.parse(OLD))
    rewrite(portal, images={**portal.site()["images"], "web": OLD})
    portal.done("start", "catstown")
    before, record = identities(portal), portal.site()
    Programs(portal, broken=True)
    assert portal("upgrade", "catstown").status == 16
    assert (identities(portal), portal.site()) == (before, record)


def test_an_installation_that_was_proven_is_not_tried_out_again(index: Index) -> None:
    desk = index.desk
    desk.done("start", "catstown", "--production")
    programs = Programs(desk)
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    assert programs.tried == []
