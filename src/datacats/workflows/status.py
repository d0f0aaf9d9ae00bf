"""How one site is, at a glance: its services, its index, its queue, its disk, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from datacats.errors import EngineUnreachable
from datacats.model.finding import Finding, Severity
from datacats.model.names import PRIMARY, called
from datacats.model.observed import ContainerUsage
from datacats.model.sign import Queue
from datacats.services import web
from datacats.workflows import disk_use, info
from datacats.workflows.checks import files, index, of_site
from datacats.workflows.checks.entry import Entry
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite
from datacats.workflows.checks.seen_services import SeenService
from datacats.workflows.info import SiteInfo
from datacats.workflows.together import together
from datacats.workflows.workspace import Workspace

_CHECKS = (Entry(files.NAME, files.check), *of_site.CHECKS)
_WRONG = (Severity.ERROR, Severity.WARNING)
_RUN = ("running", "paused")

_WITHIN = 6.0
"""Seconds for all that is asked at once; each thing has a shorter deadline of its own."""


@dataclass(frozen=True, slots=True)
class LastError:
    """The last line of a log that tells of an error, and how many seconds ago it was written."""

    text: str
    age: float


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service of a site.

    ``state`` is the engine's word, or missing. ``health`` is what the service said itself: ok, starting, failing (and
    ``said`` why), ``unknown`` for one that cannot be asked, empty for one that does not run. ``memory`` and its limit
    are in bytes, a limit of 0 is none; ``uptime`` in seconds; ``exit_code`` is that of one that has ended.
    """

    service: str
    state: str
    health: str
    said: str = ""
    version: str = ""
    uptime: float | None = None
    memory: int = 0
    memory_limit: int = 0
    restarts: int = 0
    exit_code: int | None = None
    last_error: LastError | None = None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How many active datasets are in the database and in the search index; None where nobody told."""

    stored: int | None
    indexed: int | None


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """A queue of background jobs: how many wait, how many have failed, how many workers listen."""

    name: str
    waiting: int
    failed: int
    workers: int


@dataclass(frozen=True, slots=True)
class Warned:
    """What a check found wrong, as doctor tells it."""

    check: str
    severity: Severity
    what: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Status:
    """How a site is.

    ``state`` is that of ``info``: running, partly, stopped, broken, half made and so on. ``healthy`` is whether all
    that should run does, answers, and no check found an error. ``disk`` maps each part to its bytes, None where these
    are not known. ``queues`` is None where nobody told. ``at_work`` says which command is changing the site at this
    moment; empty for none. ``next`` is the command to give next; empty where all is well, and while one is at work.
    """

    name: str
    site: str
    url: str
    state: str
    healthy: bool
    mode: str
    ckan: str
    services: tuple[ServiceStatus, ...]
    index: IndexStatus
    queues: tuple[QueueStatus, ...] | None
    disk: Mapping[str, int | None]
    warnings: tuple[Warned, ...]
    at_work: str = ""
    next: str = ""

    @property
    def called(self) -> str:
        """What people call the site."""
        return called(self.name, self.site)


def status(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Status:
    """Look once at a site and return how it is; nothing is waited for.

    Raises NotFound also when there is no such site, ConfigError, EngineUnreachable.
    """
    environment = workspace.find(reference)
    facts = Facts.of(workspace).about(str(environment.source), site)
    if facts.engine.error is not None:
        raise facts.engine.error
    seen = info.described(workspace, environment, site, facts.containers)
    looked_at = next(iter(facts.data.sites))
    measured = partial(disk_use.measure, workspace.ports, environment, looked_at.site)
    tasks: list[Any] = [lambda: facts.services, measured]
    _, disk = together(tasks, _WITHIN)
    return _told(looked_at, seen, facts, disk or {})


def watch(
    reference: str | None, workspace: Workspace, interval: float, *, site: str = PRIMARY
) -> Iterator[Status | EngineUnreachable]:
    """Look at a site for ever, with ``interval`` seconds between two looks.

    An engine that goes away after the first look is told, and may come back. Raises what ``status`` raises.
    """
    yield status(reference, workspace, site=site)
    while True:
        workspace.ports.http.pause(interval)
        try:
            told: Status | EngineUnreachable = status(reference, workspace, site=site)
        except EngineUnreachable as error:
            told = error
        yield told


def _told(site: SeenSite, seen: SiteInfo, facts: Facts, disk: Mapping[str, int | None]) -> Status:
    found = (finding for entry in _CHECKS for finding in entry.look(facts))
    wrong = [each for each in found if each.severity in _WRONG]
    wrong.sort(key=lambda each: _WRONG.index(each.severity))
    is_error = any(each.severity is Severity.ERROR for each in wrong)
    sites = {each.site.name: each.site for each in facts.services}.values()
    counts = [index.counted(each, facts.services) for each in sites]
    return Status(
        name=site.environment.name,
        site=seen.name,
        url=seen.url,
        state=seen.state,
        healthy=seen.state == "running" and all(each.is_well for each in facts.services) and not is_error,
        mode=seen.mode,
        ckan=next((each.sign.version for each in facts.services if each.sign and _is_web(each)), "") or seen.ckan,
        services=tuple(_service(each, facts.now) for each in facts.services),
        index=IndexStatus(counts[0].stored, counts[0].indexed) if counts else IndexStatus(None, None),
        queues=next((tuple(map(_queue, each.queues)) for each in facts.services if each.queues is not None), None),
        disk=disk,
        warnings=tuple(Warned(each.check, each.severity, each.what, each.why, each.fix) for each in wrong),
        at_work=site.at_work,
        next="" if site.at_work else _next(seen, facts.services, wrong),
    )


def _next(seen: SiteInfo, services: Sequence[SeenService], wrong: Sequence[Finding]) -> str:
    """What brings the site up; else what shows why a service does not work; else what mends the first thing wrong."""
    if seen.next:
        return seen.next
    for each in services:
        if each.health == "failing":
            return f"datacats logs {each.service} {each.site.options} --tail 50"
    return next((each.fix for each in wrong if each.fix), "")


def _service(seen: SeenService, now: float) -> ServiceStatus:
    detail, usage, runs = seen.detail, seen.usage or ContainerUsage(), seen.state in _RUN
    return ServiceStatus(
        service=seen.service,
        state=seen.state,
        health=seen.health,
        said=seen.sign.said if seen.sign else "",
        version=seen.sign.version if seen.sign else "",
        uptime=seen.age if detail and runs else None,
        memory=usage.memory,
        memory_limit=usage.limit,
        restarts=detail.restarts if detail else 0,
        exit_code=detail.exit_code if detail and not runs and seen.state != "created" else None,
        last_error=_last_error(seen, now),
    )


def _last_error(seen: SeenService, now: float) -> LastError | None:
    return LastError(seen.complaint.text, max(now - seen.complaint.at, 0.0)) if seen.complaint else None


def _queue(queue: Queue) -> QueueStatus:
    return QueueStatus(queue.name, queue.waiting, queue.failed, queue.workers)


def _is_web(seen: SeenService) -> bool:
    return seen.service == web.SERVICE
