"""Whether background jobs that wait have somebody who does them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import typed
from datacats.model.sign import Queue
from datacats.model.switches import is_on
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "queue"

_WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Queues:
    """The queues of a site, and what state its worker is in."""

    seen: SeenSite
    queues: tuple[Queue, ...]
    worker: str


def check(facts: Facts) -> tuple[Finding, ...]:
    """Look at the queues of each site whose Redis tells of them."""
    workers = {each.site.name: each.state for each in facts.services if each.service == _WORKER}
    told = [(each.site, each.queues) for each in facts.services if each.queues is not None]
    return judge([Queues(site, queues or (), workers.get(site.name, "")) for site, queues in told])


def judge(sites: Sequence[Queues]) -> tuple[Finding, ...]:
    """Judge the queues of sites."""
    found = tuple(finding for site in sites for finding in _judge(site))
    return found or (ok(NAME, "No job waits for a worker that is not there."),)


def _judge(site: Queues) -> Iterator[Finding]:
    for queue in site.queues:
        if queue.waiting and not queue.workers:
            yield Finding(
                NAME,
                Severity.WARNING,
                f"{_jobs(queue.waiting)} of {site.seen.name} {_wait(queue.waiting)} in the queue {queue.name}, "
                "and no worker listens to it.",
                "What CKAN and its extensions leave to the background is not done until one does.",
                _fix(site, queue),
            )


def _fix(site: Queues, queue: Queue) -> str:
    environment, name = site.seen.environment, site.seen.site.name
    if queue.name != "default":
        return f"datacats ckan {site.seen.options} jobs worker {queue.name}"
    if not is_on(_WORKER, environment, site.seen.site):
        return f"datacats service add {_WORKER} {site.seen.options}"
    if site.worker == "running":
        return f"datacats restart {_WORKER} {site.seen.words}"
    return typed("start", environment.name, name)


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count} jobs"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"
