"""Compile the Sass of a source directory's extensions: ``theme.css`` comes beside each ``theme.scss``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datacats import recipes
from datacats.apply import apply
from datacats.errors import CommandFailed, NotFound
from datacats.model.environment import SiteContext
from datacats.model.event import Events, Said, ignore
from datacats.model.names import PRIMARY
from datacats.model.plan import PlaceFile, Plan
from datacats.model.ports import Disk
from datacats.services import sass
from datacats.workflows import builder, placement
from datacats.workflows.answer import answer
from datacats.workflows.carried import active
from datacats.workflows.workspace import Workspace

_UNREAD = {"node_modules", "vendor", "__pycache__"}
_FAILURE = "The style sheets cannot be compiled"
_HINT = "Nothing was written. Mend what is named above."


@dataclass(frozen=True, slots=True)
class Compiled:
    """What was compiled: the style sheets that changed and those that did not, relative to the source directory."""

    environment: str
    written: tuple[str, ...]
    unchanged: tuple[str, ...]


def compile_all(reference: str | None, workspace: Workspace, events: Events = ignore) -> Compiled:
    """Compile every style sheet that stands by itself: those whose names begin with ``_`` are parts of others.

    One that is as it should be is not touched. Raises NotFound where there is none, CommandFailed with the compiler's
    words when one has a mistake: then nothing is written.
    """
    with workspace.hold(reference, events) as environment:
        context = workspace.context(environment, PRIMARY)
        plan, sheets = _plan(workspace, context, events)
        apply(plan, workspace.ports, events)
    written = {str(step.path.relative_to(environment.source)) for step in plan if isinstance(step, PlaceFile)}
    unchanged = tuple(each for each in sheets if each not in written)
    return Compiled(environment.name, tuple(sorted(written)), unchanged)


def plan_compile(reference: str | None, workspace: Workspace, events: Events = ignore) -> Plan:
    """Return which style sheets would be written, and write none."""
    plan, _ = _plan(workspace, workspace.context(workspace.find(reference), PRIMARY), events)
    return plan


def _plan(workspace: Workspace, context: SiteContext, events: Events) -> tuple[Plan, Sequence[str]]:
    source, disk = context.environment.source, workspace.ports.disk
    workspace.engine_info()  # an engine that cannot be used is told first: it is what compiles
    names = sorted(str(path.relative_to(source)) for path in _found(disk, source))
    if not names:
        raise NotFound(
            f"There is no style sheet in Sass below {source}.",
            "Write one, for example theme.scss beside an extension's theme.css.",
        )
    placement.check_source(workspace, context)
    sheets = {_sheet(name): text.encode() for name, text in _ask(workspace, context, names, events).items()}
    owner = workspace.owner(context.environment)
    steps = [
        PlaceFile(source / name, text, owner, 0o644, cause="compiled from its source in Sass")
        for name, text in sheets.items()
        if disk.entry(source / name) is None or disk.read(source / name) != text
    ]
    return Plan.of(steps), tuple(sheets)


def _sheet(name: str) -> str:
    return str(Path(name).with_suffix(".css"))


def _found(disk: Disk, directory: Path) -> Iterator[Path]:
    for name in disk.names(directory):
        path = directory / name
        entry = disk.entry(path)
        if name.startswith((".", "_")) or name in _UNREAD or entry is None:
            continue
        if entry.kind == "directory":
            yield from _found(disk, path)
        elif path.suffix in {".scss", ".sass"}:
            yield path


def _ask(workspace: Workspace, context: SiteContext, names: Sequence[str], events: Events) -> dict[str, str]:
    builder.ensure_image(workspace, context, events)
    compiler, question = sass.describe(context, recipes.builder_ref(context.web_image)), json.dumps(names).encode()
    with active("compile the style sheets", events):
        done = answer(workspace, compiler, question, _FAILURE, hint=_HINT)
    told: dict[str, Any] = json.loads(done.stdout)
    if "error" in told:
        raise CommandFailed(f"{_FAILURE}.", _HINT, detail=told["error"])
    if told["warned"]:
        events(Said(told["warned"]))
    sheets: dict[str, str] = told["sheets"]
    return sheets
