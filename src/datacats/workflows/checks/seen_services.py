"""What is seen of the services that sites should have: what the engine knows of each, and what each says itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from datacats.apply.wait import gave_up
from datacats.errors import DatacatsError
from datacats.model.names import container_name, suffix
from datacats.model.observed import ContainerDetail, ContainerSeen, ContainerUsage
from datacats.model.ports import Engine, LogQuery, Ports
from datacats.model.sign import PATIENCE, Queue, Sign
from datacats.model.switches import services_of
from datacats.services import redis, signs, web
from datacats.workflows.checks import complaint
from datacats.workflows.checks.complaint import Complaint, seconds
from datacats.workflows.checks.seen_data import SeenSite
from datacats.workflows.together import together

_WITHIN = PATIENCE + 1.0
"""Seconds after which what has not been told is not waited for: each question has a deadline of its own before."""

_YOUNG = 60.0
"""Seconds within which what does not answer yet is taken to be starting."""

_LISTENS = {"worker": "default"}
"""The queue of CKAN that a service takes its work from: Redis knows who listens."""


@dataclass(frozen=True, slots=True)
class SeenService:
    """A service of a site. What is None is not there, or was not told.

    ``age`` is in seconds since its container was started; ``complaint`` is the last error in its log since then.
    ``settling`` says that it need not be ready yet: this, or what it works with, was a moment ago, and it has not given
    up; or a command is at work on its site.
    """

    site: SeenSite
    service: str
    container: ContainerSeen | None = None
    detail: ContainerDetail | None = None
    usage: ContainerUsage | None = None
    complaint: Complaint | None = None
    sign: Sign | None = None
    age: float = 0.0
    settling: bool = False

    @property
    def state(self) -> str:
        """The engine's word for what its container does; ``missing`` where there is none."""
        return self.container.state if self.container else "missing"

    @property
    def health(self) -> str:
        """How it is: ok, starting, failing; ``unknown`` for one that has no words; empty where it does not run."""
        if self.state != "running":
            return ""
        if self.sign is None:
            return "unknown"
        if self.sign.well:
            return "ok"
        return "starting" if self.settling else "failing"

    @property
    def queues(self) -> tuple[Queue, ...] | None:
        """The queues that it tells of."""
        return self.sign.queues if self.sign else None

    @property
    def is_well(self) -> bool:
        """Whether it runs, and says nothing else."""
        return self.health in {"ok", "unknown"}


@dataclass(frozen=True, slots=True)
class _Told:
    detail: ContainerDetail | None = None
    usage: ContainerUsage | None = None
    complaint: Complaint | None = None


def look(ports: Ports, sites: Sequence[SeenSite], ours: Sequence[ContainerSeen], now: float) -> tuple[SeenService, ...]:
    """Look at every service that the sites should have, at all of them at the same time."""
    named = {each.name: each for each in ours}
    seen = [
        SeenService(site, service, named.get(container_name(service, site.environment.name, site.site.name)))
        for site in sites
        for service in services_of(site.environment, site.site)
    ]
    asked = [_question(ports, each) for each in seen]
    tasks: list[Callable[[], _Told | Sign]] = [partial(_tell, ports.engine, each) for each in seen]
    results = iter(together([*tasks, *(each for each in asked if each)], _WITHIN))
    told = [found if isinstance(found := next(results), _Told) else _Told() for _ in seen]
    signs = [_sign(next(results)) if question else None for question in asked]
    joined = [_joined(*each, now) for each in zip(seen, told, signs, strict=True)]
    return tuple(_with_listeners(each, joined) for each in joined)


def _tell(engine: Engine, seen: SeenService) -> _Told:
    """Ask the engine; what went away this moment has nothing to tell."""
    if seen.container is None:
        return _Told()
    name, containers = seen.container.name, engine.containers
    with suppress(DatacatsError):
        detail = containers.inspect(name)
        since = seconds(detail.started) if seen.state == "running" else 0.0
        lines = containers.logs(name, LogQuery(tail=complaint.TAIL, since=since or None, timestamps=True))
        return _Told(detail, containers.usage(detail.id), complaint.last(lines))
    return _Told()


def _question(ports: Ports, seen: SeenService) -> Callable[[], Sign] | None:
    """Return what has a service that runs say how it is; None for one that has no words."""
    if seen.container is None or not seen.container.running:
        return None
    if seen.service == web.SERVICE:
        return partial(_ask_web, ports, signs.page(seen.site.site))
    question = signs.question(seen.service, suffix(seen.site.environment.name, seen.site.site.name))
    return partial(_ask, ports.engine, seen.container.name, question) if question else None


def _ask_web(ports: Ports, url: str) -> Sign:
    return signs.of_page(ports.http.get(url, timeout=PATIENCE))


def _ask(engine: Engine, name: str, question: signs.Question) -> Sign:
    try:
        return signs.answered(question, engine.containers.execute(name, question.command, question.stdin))
    except DatacatsError as error:  # it ended, or was frozen, under the question
        return Sign(well=False, said=error.message)


def _sign(found: object) -> Sign:
    return found if isinstance(found, Sign) else Sign(well=False, said=signs.SILENT)


def _joined(seen: SeenService, told: _Told, sign: Sign | None, now: float) -> SeenService:
    age = max(now - seconds(told.detail.started), 0.0) if told.detail else 0.0
    joined = replace(seen, detail=told.detail, usage=told.usage, complaint=told.complaint, sign=sign)
    is_young = age < _YOUNG and not (told.complaint and gave_up(told.complaint.text))
    return replace(joined, age=age, settling=is_young or bool(seen.site.at_work))


def _with_listeners(seen: SeenService, every: Sequence[SeenService]) -> SeenService:
    """Let a worker be as Redis tells it: whether it listens. It takes its time to find a Redis that is new."""
    queue = _LISTENS.get(seen.service)
    teller = next((each for each in every if each.site == seen.site and each.service == redis.SERVICE), None)
    if queue is None or teller is None or teller.queues is None or seen.state != "running":
        return seen
    listens = any(each.name == queue and each.workers for each in teller.queues)
    sign = Sign(listens, "" if listens else "it does not listen to its queue")
    return replace(seen, sign=sign, settling=seen.settling or teller.settling)
