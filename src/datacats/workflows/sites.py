"""Sites that are complete: any other is carried on with by the command that was interrupted."""

from __future__ import annotations

from datacats.errors import Conflict
from datacats.model.environment import Environment, Phase, Site
from datacats.model.names import typed
from datacats.store import site_file
from datacats.workflows.workspace import Workspace


def complete(workspace: Workspace, environment: Environment, name: str) -> Site:
    """Return a site that is complete. Raises NotFound, and Conflict when it is half made."""
    site = site_file.read(workspace.ports.disk, environment, name)
    if site.phase is not Phase.CREATED:
        verb = site.phase.verb
        raise Conflict(
            f"The site {name} of {environment.name} is half made: its {verb} was interrupted.",
            f"Carry on with: {typed(verb, environment.source, name)}",
        )
    return site
