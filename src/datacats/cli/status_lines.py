"""The status of a site as lines for people, as wide as their terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from datacats.cli.columns import filled
from datacats.cli.measure import count
from datacats.workflows.space import size

if TYPE_CHECKING:
    from datacats.workflows.status import ServiceStatus, Status, Warned

_LABEL = 9
_INDENT = " " * _LABEL

_ENDLESS = 10**6

_BOUND = "\xa0"
"""A space at which no line is broken."""

_MIB = 2**20
_HEADINGS = ("service", "state", "health", "version", "up", "memory", "restarts")
_RIGHT = {"up", "memory", "restarts"}
_HEALTH = {"ok": "ok", "starting": "starting", "failing": "failing", "unknown": "-", "": "-"}
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def lines(found: Status, limit: int | None) -> list[str]:
    """Return the verdict first, then the services, what they hold, what is wrong, and what to do.

    Lines are filled up to ``limit`` columns; None is no limit. A command to be copied is never broken.
    """
    width = limit or _ENDLESS
    return [
        _verdict(found),
        *(textwrap.wrap(f"At work on it: {found.at_work}", width) if found.at_work else []),
        *_services(found.services, width),
        *_facts(found, width),
        *_warnings(found.warnings, width),
        *(["", f"Next: {found.next}"] if found.next else []),
    ]


def _verdict(found: Status) -> str:
    what = f"({found.mode}, CKAN {found.ckan})"
    if found.state == "running":
        failing = [each.service for each in found.services if each.health == "failing"]
        if failing:
            return f"{found.called} is not well: {', '.join(failing)}; at {found.url} {what}"
        starting = any(each.health == "starting" for each in found.services)
        return f"{found.called} is {'starting' if starting else 'running'} at {found.url} {what}"
    if found.state == "partly":
        absent = [each.service for each in found.services if each.state != "running"]
        return f"{found.called} runs without {', '.join(absent)}; at {found.url} {what}"
    state = found.state.replace("half", "being", 1) if found.at_work else found.state
    return f"{found.called} is {state} {what}"


def _services(services: Sequence[ServiceStatus], width: int) -> Iterator[str]:
    if not any(each.state != "missing" for each in services):
        return
    yield ""
    rows = [_row(each) for each in services]
    table = list(_table([dict(zip(_HEADINGS, _HEADINGS, strict=True)), *rows]))
    fits = max(map(len, table)) <= width
    yield from table if fits else (line for row in rows for line in _two_lines(row))


def _row(each: ServiceStatus) -> dict[str, str]:
    ended = f" ({each.exit_code})" if each.exit_code is not None else ""
    return {
        "service": each.service,
        "state": f"{each.state}{ended}",
        "health": _HEALTH[each.health],
        "version": each.version or "-",
        "up": "-" if each.uptime is None else span(each.uptime),
        "memory": _memory(each),
        "restarts": str(each.restarts),
    }


def _table(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    widths = {key: max(len(row[key]) for row in rows) for key in _HEADINGS}
    for row in rows:
        cells = (row[key].rjust(widths[key]) if key in _RIGHT else row[key].ljust(widths[key]) for key in _HEADINGS)
        yield "  ".join(cells).rstrip()


def _two_lines(row: dict[str, str]) -> Iterator[str]:
    """Tell a service where there is no room for columns."""
    health = "" if row["health"] == "-" else f", {row['health']}"
    version = "" if row["version"] == "-" else f" {row['version']}"
    yield f"{row['service']}{version}: {row['state']}{health}"
    more = [f"up {row['up']}"] if row["up"] != "-" else []
    more += [row["memory"]] if row["memory"] != "-" else []
    more += [f"{row['restarts']} restarts"] if row["restarts"] != "0" else []
    if more:
        yield f"  {', '.join(more)}"


def _facts(found: Status, width: int) -> Iterator[str]:
    told = [*_index(found), *_queues(found), *_disk(found), *_errors(found.services, width)]
    if told:
        yield ""
    for label, text in told:
        yield from _wrapped(label, text, width)


def _index(found: Status) -> Iterator[tuple[str, str]]:
    stored, indexed = found.index.stored, found.index.indexed
    if stored is not None or indexed is not None:
        yield "index", f"{_datasets(indexed)}; in the database {_datasets(stored)}"


def _queues(found: Status) -> Iterator[tuple[str, str]]:
    for queue in found.queues or ():
        name = "" if queue.name == "default" else f"{queue.name}: "
        failed = f", {queue.failed} failed" if queue.failed else ""
        listens = {0: "no worker listens", 1: "a worker listens"}.get(queue.workers, f"{queue.workers} workers listen")
        yield "queue", f"{name}{count(queue.waiting, 'job')} waiting{failed}; {listens}"
    if found.queues == ():
        yield "queue", "no job waits; no worker listens"


def _disk(found: Status) -> Iterator[tuple[str, str]]:
    known = [f"{part} {size(taken)}".replace(" ", _BOUND) for part, taken in found.disk.items() if taken is not None]
    unknown = [part for part, taken in found.disk.items() if taken is None]
    rest = f"; unknown: {', '.join(unknown)}" if unknown else ""
    if known:
        yield "disk", f"{', '.join(known)}{rest}"


def _errors(services: Sequence[ServiceStatus], width: int) -> Iterator[tuple[str, str]]:
    """The last error of each log, one line of each: the log has the rest."""
    for each in services:
        if each.last_error:
            text = f"{each.service}, {span(each.last_error.age)} ago: {each.last_error.text}"
            yield "log", textwrap.shorten(text, max(width - _LABEL, 20) * 2, placeholder=" ...")


def _warnings(warnings: Sequence[Warned], width: int) -> Iterator[str]:
    for each in warnings:
        yield ""
        yield from _wrapped(each.severity, each.what, width)
        if each.why:
            yield from _wrapped("", each.why, width)
        if each.fix:
            yield f"{_INDENT}Fix: {each.fix}"


def _wrapped(label: str, text: str, width: int) -> list[str]:
    """Fill lines; no number is parted from its unit."""
    return [line.replace(_BOUND, " ") for line in filled(f"{label:<{_LABEL}}", text, width)]


def span(seconds: float) -> str:
    """Return a span of time in words, in its largest unit."""
    for unit, word in _UNITS:
        if seconds >= unit:
            return f"{seconds // unit:.0f} {word}"
    return f"{seconds:.0f} s"


def _memory(each: ServiceStatus) -> str:
    if not each.memory:
        return "-"
    used = f"{each.memory / _MIB:.0f}"
    return f"{used}/{each.memory_limit / _MIB:.0f} MiB" if each.memory_limit else f"{used} MiB"


def _datasets(number: int | None) -> str:
    return "nobody knows how many" if number is None else count(number, "dataset")
