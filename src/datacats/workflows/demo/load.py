"""Load the demo catalogue into a site; again it changes nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from datacats.apply import last_lines
from datacats.errors import CommandFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events, ignore
from datacats.model.names import PRIMARY
from datacats.model.plan import Plan, RunOneOff
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec
from datacats.services import web
from datacats.workflows import sites, up
from datacats.workflows.carried import carried
from datacats.workflows.demo.catalogue import catalogue
from datacats.workflows.sites import complete
from datacats.workflows.workspace import Workspace

_PROGRAM = ("python", "/usr/lib/datacats/load_demo.py")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many of each kind were made, and how many were there already."""

    name: str
    site: str
    url: str
    made: dict[str, int]
    there: dict[str, int]


class _Lines(io.RawIOBase):
    """A stream that hands on each whole line."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__()
        self._take = take
        self._begun = b""

    def writable(self) -> bool:
        """It takes what is written."""
        return True

    def write(self, content: Any, /) -> int:  # noqa: ANN401 - every kind of buffer
        """Take bytes; lines that are whole go on."""
        *whole, self._begun = (self._begun + bytes(content)).split(b"\n")
        for line in whole:
            self._take(line.decode(errors="replace"))
        return len(content)


def load(reference: str | None, workspace: Workspace, events: Events = ignore, *, site: str = PRIMARY) -> Loaded:
    """Load organizations, groups, users and datasets through CKAN's API, in a one-off container.

    What has the name of something there is left alone. Raises CommandFailed with CKAN's last words.
    """
    with sites.hold(workspace, reference, site, events) as context:
        up.bring_up(workspace, context, up.FOR_ONE_OFFS, events)
    content = catalogue()
    made, there = (dict.fromkeys(("user", "organization", "group", "dataset"), 0) for _ in range(2))
    words = io.BytesIO()
    with carried("load the demo catalogue", events, records=sum(map(len, content.values()))) as moved:

        def take(line: str) -> None:
            told = json.loads(line)
            (made if told["made"] else there)[told["kind"]] += 1
            moved(1)

        streams = Streams(io.BytesIO(json.dumps(content).encode()), _Lines(take), words)  # type: ignore[arg-type]
        status = workspace.ports.engine.containers.run(_program(context).labelled(), streams, interruptible=True)
        if status != 0:
            raise CommandFailed(
                f"The demo data ended with status {status}.",
                "What was made stays; the same command carries on. CKAN's last words are above.",
                detail=last_lines(words.getvalue()),
            )
    return Loaded(context.environment.name, site, f"{context.site.url}/", made, there)


def plan_load(reference: str | None, workspace: Workspace, *, site: str = PRIMARY) -> Plan:
    """Return what ``load`` would do, and do nothing."""
    environment = workspace.find(reference)
    context = workspace.context(environment, complete(workspace, environment, site))
    what = "load what of the demo catalogue is not there yet"
    return up.plan_up(workspace, context, up.FOR_ONE_OFFS) + Plan.of(
        [RunOneOff(_program(context), what=what, cause="asked for")]
    )


def _program(context: SiteContext) -> ContainerSpec:
    return web.one_off(context, _PROGRAM, purpose="demo data")
