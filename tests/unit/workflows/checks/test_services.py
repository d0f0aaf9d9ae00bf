from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.model.environment import Phase
from datacats.model.finding import Finding, Severity
from datacats.model.sign import Sign
from datacats.workflows.checks import services
from datacats.workflows.checks.complaint import Complaint
from datacats.workflows.checks.seen_services import SeenService
from datacats.workflows.checks.services import judge
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import CATSTOWN, LABELS, Scene, detail, service

BOOM = Complaint("ValueError: boom", 0.0)


def only(seen: SeenService) -> Finding:
    (found,) = judge([seen])
    return found


def test_services_that_run_and_answer_or_have_no_words_are_well() -> None:
    assert only(service()).severity is Severity.OK
    assert only(service("cron", sign=None)).severity is Severity.OK


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (SeenService(CATSTOWN, "web"), "web of catstown does not run: it has no container."),
        (service("solr", "created"), "solr of catstown does not run."),
        (
            service("solr", "exited", detail=detail(exit_code=75)),
            "solr of catstown does not run: it ended with status 75.",
        ),
        (
            service("solr", "exited", detail=detail(exit_code=137), complaint=BOOM),
            "solr of catstown does not run: it was stopped or killed.",
        ),
        (service("worker", "exited", detail=None), "worker of catstown does not run."),
        (
            service("web", "exited", detail=detail(exit_code=137, out_of_memory=True)),
            "web of catstown does not run: it needed more memory than it may use, and was killed.",
        ),
    ],
)
def test_what_does_not_run_is_told_with_how_it_ended_and_a_start_mends_it(seen: SeenService, words: str) -> None:
    found = only(seen)
    assert (found.severity, found.what, found.fix) == (Severity.WARNING, words, "datacats start catstown")


def test_the_last_error_of_what_ended_says_why_unless_it_was_stopped() -> None:
    ended = {
        status: service("web", "exited", detail=detail(exit_code=status), complaint=BOOM) for status in (1, 0, 137)
    }
    assert only(ended[1]).why == "The last error in its log: ValueError: boom"
    assert (only(ended[0]).why, only(ended[137]).why) == ("", "")


def test_a_frozen_service_is_an_error_that_a_start_mends() -> None:
    found = only(service("solr", "paused"))
    assert (found.severity, found.fix) == (Severity.ERROR, "datacats start catstown")


def test_what_runs_and_does_not_answer_is_an_error_with_its_own_words() -> None:
    found = only(service("web", sign=Sign(well=False, said="status 500"), complaint=BOOM))
    assert found.severity is Severity.ERROR
    assert found.what == "web of catstown runs, but does not do its work: status 500."
    assert "boom" in found.why
    assert found.fix == "See why: datacats logs web -e catstown; when that is mended: datacats restart web catstown"


def test_what_was_just_started_is_given_its_time() -> None:
    found = only(service("web", sign=Sign(well=False, said="the connection was refused"), settling=True))
    assert found.severity is Severity.NOTE


def test_what_does_not_run_while_a_command_is_at_work_on_its_site_needs_no_mending() -> None:
    busy = replace(CATSTOWN, at_work="datacats db load (pid 7, since noon)")
    found = only(SeenService(busy, "worker"))
    assert (found.severity, found.fix) == (Severity.NOTE, "")
    assert found.what == (
        "worker of catstown does not run; datacats db load (pid 7, since noon) is at work on its site."
    )


def test_what_ends_again_and_again_is_left_to_the_check_of_restarts() -> None:
    assert only(service("web", "restarting")).severity is Severity.OK


def test_a_site_that_was_stopped_as_a_whole_or_is_half_made_is_not_ill() -> None:
    scene = Scene()
    scene.hold("datacats_web_catstown", labels=LABELS)
    assert [each.severity for each in services.check(scene.facts)] == [Severity.OK]
    scene.run("datacats_solr_catstown", labels=LABELS)
    assert {each.severity for each in services.check(scene.facts)} == {Severity.WARNING}
    scene.add(ENVIRONMENT, replace(SITE, phase=Phase.CREATING))
    assert [each.severity for each in services.check(scene.facts)] == [Severity.OK]
