"""What is ours on the engine: containers and networks of other owners are refused, and never touched."""

from __future__ import annotations

from collections.abc import Collection

from datacats.errors import NoSuchContainer
from datacats.model import labels
from datacats.model.environment import Environment, SiteContext
from datacats.model.names import container_name, typed
from datacats.model.observed import ContainerSeen, Observed
from datacats.model.plan import Plan, RemoveContainer, StopContainer
from datacats.planning.converge import refuse_foreign
from datacats.services import web
from datacats.workflows.workspace import Workspace, observe


def refuse_strangers(seen: Observed, root: str) -> None:
    """Raise Conflict when a container or network with one of a site's names does not belong to this data root."""
    for there in seen.containers:
        refuse_foreign("container", there, {labels.ROOT: root})
    for network in seen.networks:
        refuse_foreign("network", network, {labels.ROOT: root})


def container(workspace: Workspace, environment: Environment, site: str, service: str) -> ContainerSeen:
    """Return the container of a service. Raises NoSuchContainer when there is none, Conflict when it is not ours."""
    name = container_name(service, environment.name, site)
    for seen in workspace.ports.engine.containers.list(name=name):
        if seen.name == name:
            refuse_foreign("container", seen, {labels.ROOT: workspace.root.uuid})
            return seen
    raise NoSuchContainer(
        f"The service {service} of {environment.name} has no container ({name}).",
        f"Make it: {typed('start', environment.name, site)}",
    )


def stop_web(workspace: Workspace, context: SiteContext, *, cause: str) -> Plan:
    """Plan to stop web, when it is ours and there."""
    seen = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
    name = container_name(web.SERVICE, context.environment.name, context.site.name)
    there = seen.container(name)
    return Plan.of([StopContainer(name, 35, cause=cause)] if there else [])


def remove_one_offs(workspace: Workspace, context: SiteContext, purposes: Collection[str]) -> Plan:
    """Plan to remove one-off containers that an interrupted run left; some go on with what they were told.

    For purposes that only the holder of the site's lock starts them for: then none of them is anybody's.
    """
    seen = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
    left = (each for each in seen.containers if each.labels.get(labels.ONE_OFF) in purposes)
    return Plan.of(RemoveContainer(each.name, cause="an earlier run was interrupted") for each in left)
