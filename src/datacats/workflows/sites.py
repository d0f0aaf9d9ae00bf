"""Sites that are complete: any other is carried on with by the command that was interrupted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datacats.errors import Conflict, NotFound
from datacats.model.environment import Environment, Phase, Site, SiteContext
from datacats.model.names import called, typed
from datacats.store import site_file
from datacats.workflows.workspace import Workspace

if TYPE_CHECKING:
    from datacats.model.event import Events


def complete(workspace: Workspace, environment: Environment, name: str, *, loading: bool = False) -> Site:
    """Return a site that is complete, with ``loading`` also one whose database is half replaced.

    Raises NotFound, and Conflict when it is half made.
    """
    site = site_file.read(workspace.ports.disk, environment, name)
    if site.phase is Phase.LOADING:
        if loading:
            return site
        raise Conflict(
            f"The database of {called(environment.name, name)} is half replaced: a load was interrupted.",
            f"Carry on with: {typed(site.phase.verb, environment.name, name)}",
        )
    if site.phase is not Phase.CREATED:
        verb = site.phase.verb
        raise Conflict(
            f"The site {name} of {environment.name} is half {site.phase.participle}: its {verb} was interrupted.",
            f"Carry on with: {typed(verb, environment.source, name)}",
        )
    return site


@contextmanager
def hold(
    workspace: Workspace, reference: str | None, name: str, events: Events | None = None, *, loading: bool = False
) -> Iterator[SiteContext]:
    """Hold the locks of a complete site, and hand out all that describes it, read once they are held.

    What was read before may be of the past by then: this may have waited for an upgrade. Raises NotFound, Conflict
    when it is half made, Busy.
    """
    environment = workspace.find(reference)
    site_file.read(workspace.ports.disk, environment, name)
    with workspace.lock(environment, name, events):
        environment = workspace.find(reference)
        yield workspace.context(environment, complete(workspace, environment, name, loading=loading))


def newest(workspace: Workspace, environment: Environment) -> SiteContext:
    """Return the site whose CKAN is the newest; all are of one line. Raises NotFound where there is none."""
    sites = [complete(workspace, environment, name) for name in site_file.names(workspace.ports.disk, environment)]
    if not sites:
        raise NotFound(f"{environment.name} has no site.", f"Make one: datacats init {environment.source}")
    found = max(sites, key=lambda site: [int(number) for number in re.findall(r"\d+", site.images.web.version)])
    return workspace.context(environment, found)
