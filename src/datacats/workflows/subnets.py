"""Give a site its subnets: free on this engine and not promised to another site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datacats.model.environment import SiteContext
from datacats.store.subnets import free_pair, range_of
from datacats.workflows.promises import promises
from datacats.workflows.workspace import Workspace


def free(workspace: Workspace) -> tuple[str, str]:
    """Return two free subnets. The caller holds the root lock until they are written down or in use."""
    return free_pair(range_of(workspace.env), _taken(workspace))


def give(workspace: Workspace, context: SiteContext) -> SiteContext:
    """Return the context with free subnets."""
    return replace(context, site=replace(context.site, subnets=free(workspace)))


def _taken(workspace: Workspace) -> Iterator[str]:
    for network in workspace.ports.engine.networks.list():
        yield from network.subnets
    for _, promise in promises(workspace):
        yield from promise.subnets
