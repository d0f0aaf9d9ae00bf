"""Make a site for a source directory that is there already: a clone from elsewhere, or a further site."""

from __future__ import annotations

from datacats.model.environment import Environment
from datacats.model.event import Events, ignore
from datacats.store import locate
from datacats.workflows import foresee
from datacats.workflows.foresee import Foreseen
from datacats.workflows.new_site import Created, NewSite, Show, make_site, say_nothing
from datacats.workflows.workspace import Workspace


def init(
    directory: str | None, new: NewSite, workspace: Workspace, events: Events = ignore, show: Show = say_nothing
) -> Created:
    """Make a site of the environment that ``directory`` names, is the source directory of, or lies in (None: the cwd).

    Raises NotFound when there is no ``datacats.toml``, Conflict when the site is there or the name somebody else's.
    """
    return make_site(workspace, _environment(workspace, directory), new, events, show)


def plan_init(directory: str | None, new: NewSite, workspace: Workspace, events: Events = ignore) -> Foreseen:
    """Return what ``init`` would do, and do nothing."""
    return foresee.site(workspace, _environment(workspace, directory), new, events)


def _environment(workspace: Workspace, directory: str | None) -> Environment:
    disk = workspace.ports.disk
    if directory is not None and locate.is_known(disk, workspace.root, directory):
        return workspace.find(directory)
    start = workspace.cwd if directory is None else locate.place(workspace.cwd, directory)
    environment = locate.describe(disk, workspace.root, locate.find_source(disk, start))
    locate.refuse_twin(disk, workspace.root, environment)
    locate.refuse_nested(disk, workspace.root, environment)
    return environment
