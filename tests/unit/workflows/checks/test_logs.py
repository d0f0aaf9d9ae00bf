from __future__ import annotations

import pytest

from datacats.model.finding import Severity
from datacats.model.ports import LogLine
from datacats.workflows.checks import logs
from datacats.workflows.checks.complaint import Complaint
from datacats.workflows.checks.logs import judge
from tests.unit.workflows.checks.scene import LABELS, NOW, Scene, service


def test_an_error_of_a_moment_ago_is_a_note_with_the_way_to_the_log() -> None:
    (found,) = judge([service(complaint=Complaint("KeyError: cats", NOW - 60))], NOW)
    assert found.severity is Severity.NOTE
    assert found.what == "web of catstown wrote of an error: KeyError: cats"
    assert found.fix == "datacats logs web -e catstown --tail 50"


@pytest.mark.parametrize("complaint", [None, Complaint("KeyError: cats", NOW - 7200)])
def test_silence_and_old_stories_are_well(complaint: Complaint | None) -> None:
    assert [each.severity for each in judge([service(complaint=complaint)], NOW)] == [Severity.OK]


def test_the_log_of_what_runs_is_read_since_its_start_and_that_of_others_not_at_all() -> None:
    scene = Scene()
    scene.run("datacats_web_catstown", labels=LABELS)
    web = scene.engine.world.containers["datacats_web_catstown"]
    web.started = "2027-01-15T07:59:50Z"  # ten seconds before NOW
    web.log = [(NOW - 20, LogLine("stderr", "ValueError: before")), (NOW - 5, LogLine("stderr", "ValueError: after"))]
    (found,) = logs.check(scene.facts)
    assert found.what.endswith("ValueError: after")
    web.log.pop()
    assert [each.severity for each in logs.check(scene.facts)] == [Severity.OK]
    web.log, web.state = [(NOW - 5, LogLine("stderr", "ValueError: last words"))], "exited"
    assert [each.severity for each in logs.check(scene.facts)] == [Severity.OK]
