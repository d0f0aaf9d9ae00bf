"""What pages of a development site cost, where its server measures them: time, SQL, and Python's functions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from datacats.errors import CommandFailed, NotFound
from datacats.model.names import PRIMARY
from datacats.services import web
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in SQL, how often the page sent it, and how long all of that took."""

    sql: str
    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Function:
    """A function of Python: how often it was called, its seconds alone, and with all that it called."""

    where: str
    calls: int
    own: float
    with_called: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was measured. ``statements`` and ``functions`` are there when it was asked for alone."""

    number: int
    time: str
    method: str
    path: str
    status: int
    seconds: float
    sql_seconds: float
    count: int
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    functions: tuple[Function, ...] = field(default=(), repr=False)


def pages(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> tuple[Page, ...]:
    """Return the pages that were measured, oldest first. Raises NoSuchContainer when web does not run."""
    return tuple(Page(**each) for each in json.loads(_ask(reference, workspace, site, "list")))


def show(number: int, reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Page:
    """Return one page with its SQL, the most costly first, and its functions. Raises NotFound."""
    found = json.loads(_ask(reference, workspace, site, "show", str(number)))
    if found is None:
        raise _absent(number)
    statements = tuple(Statement(**each) for each in found.pop("statements"))
    functions = tuple(Function(**each) for each in found.pop("functions"))
    return Page(**found, statements=statements, functions=functions)


def profile_file(number: int, reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> bytes:
    """Return the file of Python's profiler for a page, as ``pstats`` and its like read it. Raises NotFound."""
    content = _ask(reference, workspace, site, "file", str(number))
    if content == b"null":
        raise _absent(number)
    return content


def _absent(number: int) -> NotFound:
    return NotFound(f"There is no measured page {number}.", "See which there are: datacats profile")


def _ask(reference: str | None, workspace: Workspace, site: str, *words: str) -> bytes:
    environment = workspace.find(reference)
    workspace.context(environment, site)
    seen = ours.container(workspace, environment, site, web.SERVICE)
    done = workspace.ports.engine.containers.execute(seen.name, web.pages(*words))
    if done.exit_code != 0:
        detail = done.stderr.decode(errors="replace")
        raise CommandFailed("The measured pages cannot be read.", "The lines above say why.", detail=detail)
    return done.stdout
