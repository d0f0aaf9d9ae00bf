from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.model.finding import Severity
from datacats.model.sign import Queue
from datacats.workflows.checks.queue import Queues, judge
from datacats.workflows.checks.seen_data import SeenSite
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import CATSTOWN

WAITING = Queue("default", waiting=2, failed=0, workers=0)


@pytest.mark.parametrize("queue", [Queue("default", 0, 3, 0), Queue("default", 9, 0, 1)])
def test_an_empty_queue_and_one_that_is_listened_to_are_well(queue: Queue) -> None:
    assert [each.severity for each in judge([Queues(CATSTOWN, (queue,), "running")])] == [Severity.OK]


def test_jobs_that_nobody_does_are_a_warning() -> None:
    (found,) = judge([Queues(CATSTOWN, (WAITING,), "exited")])
    assert found.severity is Severity.WARNING
    assert found.what == "2 jobs of catstown wait in the queue default, and no worker listens to it."


@pytest.mark.parametrize(
    ("state", "fix"),
    [("exited", "datacats start catstown"), ("running", "datacats restart worker catstown")],
)
def test_the_worker_that_should_do_them_is_brought_back(state: str, fix: str) -> None:
    (found,) = judge([Queues(CATSTOWN, (WAITING,), state)])
    assert found.fix == fix


def test_where_the_worker_is_switched_off_it_is_switched_on() -> None:
    off = SeenSite(replace(ENVIRONMENT, services={"worker": False}), replace(SITE, name="blue"))
    (found,) = judge([Queues(off, (WAITING,), "")])
    assert found.fix == "datacats service add worker -e catstown -s blue"


def test_a_queue_of_an_extension_needs_a_worker_of_its_own() -> None:
    (found,) = judge([Queues(CATSTOWN, (replace(WAITING, name="slow", waiting=1),), "running")])
    assert found.what == "1 job of catstown waits in the queue slow, and no worker listens to it."
    assert found.fix == "datacats ckan -e catstown jobs worker slow"
