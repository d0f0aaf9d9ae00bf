"""Run the real command and cut it off with SIGKILL at a point; or run it whole and record its steps."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.installation import PROGRAM
from tests.e2e.sweep.points import Point, Step
from tests.e2e.sweep.stage import Stage
from tests.support.proxy import Cut, EngineProxy, Matches, Request, When

_REPOSITORY = Path(__file__).parents[3]
_PATIENCE = 900


@dataclass
class Numbering:
    """Numbers requests from 1 on; looking again at the same thing has the number of the first look."""

    last: str = ""
    count: int = 0
    numbers: dict[int, int] = field(default_factory=dict)

    def of(self, request: Request) -> int:
        """Return the number of a request; the proxy asks in the order in which they come."""
        if request.number not in self.numbers:
            said = str(request)
            self.count += not (said == self.last and request.method == "GET")
            self.last = said
            self.numbers[request.number] = self.count
        return self.numbers[request.number]

    def note(self, request: Request) -> None:
        """Number a request when it comes: answers come in another order."""
        self.of(request)


@dataclass(frozen=True)
class Ended:
    """How a run ended; ``cut`` when it was cut, with what it was about to do or had done."""

    cut: bool
    what: str
    status: int
    stdout: bytes
    stderr: bytes


def cut(stage: Stage, arguments: tuple[str, ...], point: Point) -> Ended:
    """Run the command and cut it at the point. One that ends before it comes there is not cut."""
    if point.kind == "request":
        return _cut_at_request(stage, arguments, point)
    with _faulty(stage, arguments, point.number, point.when) as (process, trace):
        stdout, stderr = process.communicate(timeout=_PATIENCE)
        told = _operations(trace)
    what = told[-1].what if told else ""
    return Ended(process.returncode == -9, what, process.returncode, stdout, stderr)


def record(stage: Stage, arguments: tuple[str, ...]) -> tuple[list[Step], Ended]:
    """Run the command whole and return its steps."""
    requests: dict[int, Step] = {}
    numbering = Numbering()

    def note(request: Request) -> None:
        number, now = numbering.of(request), time.monotonic()
        began = requests[number].began if number in requests else now
        requests[number] = Step("request", number, str(request), began, now, request.method not in {"GET", "HEAD"})

    with _proxy(stage) as proxy:
        proxy.on(lambda _: True, "before", note)
        proxy.on(lambda _: True, "after", note)
        with _faulty(stage, arguments, 0, "before", DOCKER_HOST=proxy.address) as (process, trace):
            stdout, stderr = process.communicate(timeout=_PATIENCE)
            steps = [*requests.values(), *_operations(trace)]
    return steps, Ended(cut=False, what="", status=process.returncode, stdout=stdout, stderr=stderr)


def cut_before(stage: Stage, arguments: tuple[str, ...], request: str) -> None:
    """Run the command and cut it before its first request of that text."""
    ended = _cut_where(stage, arguments, "before", lambda each: str(each) == request)
    assert ended.cut, f"{arguments} made no request {request}\n{ended.stderr.decode()}"


def _cut_at_request(stage: Stage, arguments: tuple[str, ...], point: Point) -> Ended:
    numbering = Numbering()
    return _cut_where(stage, arguments, point.when, lambda each: numbering.of(each) == point.number, numbering)


def _cut_where(
    stage: Stage, arguments: tuple[str, ...], when: When, matches: Matches, numbering: Numbering | None = None
) -> Ended:
    seen = list[Request]()
    with _proxy(stage) as proxy:
        started = stage.start([*PROGRAM, *arguments], DOCKER_HOST=proxy.address)

        def kill(request: Request) -> None:
            seen.append(request)
            started.kill()
            started.wait()
            raise Cut

        if numbering is not None:
            proxy.on(lambda _: True, "before", numbering.note)
        proxy.on(matches, when, kill)
        stdout, stderr = started.communicate(timeout=_PATIENCE)
    return Ended(bool(seen), str(seen[0]) if seen else "", started.returncode, stdout, stderr)


@contextmanager
def _proxy(stage: Stage) -> Iterator[EngineProxy]:
    with EngineProxy(stage.base / "engine.sock").open() as proxy:
        yield proxy


@contextmanager
def _faulty(
    stage: Stage, arguments: tuple[str, ...], number: int, when: When, **env: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    trace = stage.base / "trace"
    program = (sys.executable, "-m", "tests.e2e.sweep.launcher", str(number), when, str(trace))
    with stage.start([*program, *arguments], PYTHONPATH=_path(), **env) as process:
        yield process, trace


def _path() -> str:
    return f"{_REPOSITORY}:{_REPOSITORY / 'src'}"


def _operations(trace: Path) -> list[Step]:
    """Read what the launcher told; an operation without an end was cut."""
    began: dict[int, Step] = {}
    for line in trace.read_text().splitlines() if trace.exists() else ():
        now, number, what = json.loads(line)
        if what is not None:
            began[number] = Step("disk", number, what, now, now)
        else:
            first = began[number]
            began[number] = Step("disk", number, first.what, first.began, now)
    return list(began.values())
