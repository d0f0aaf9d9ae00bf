"""What is ours on the engine: containers and networks of other owners are refused, and never touched."""

from __future__ import annotations

from collections.abc import Collection

from datacats.errors import Conflict, NoSuchContainer
from datacats.model import labels
from datacats.model.environment import Environment, Phase, Site, SiteContext
from datacats.model.names import RUN_CKAN, container_name, typed
from datacats.model.observed import ContainerSeen, Observed
from datacats.model.plan import Plan, RemoveContainer
from datacats.model.switches import is_on
from datacats.planning import teardown
from datacats.planning.converge import refuse_foreign
from datacats.services import spare, web
from datacats.store import site_file
from datacats.workflows.workspace import Workspace, observe


def refuse_strangers(seen: Observed, root: str, *, begun: str = "") -> None:
    """Raise Conflict when an object with one of a site's names does not belong to this data root.

    ``begun`` is the command that takes away what was begun under that name, where something was.
    """
    try:
        _refuse_strangers(seen, root)
    except Conflict as error:
        if begun:
            error.hint = f"{error.hint} What was begun here under that name goes with: {begun}"
        raise


def begun(environment: Environment, site: Site) -> str:
    """Return the command that takes a half-made site away; empty for one that is complete."""
    return typed("purge", environment.name, site.name) if site.phase is Phase.CREATING else ""


def _refuse_strangers(seen: Observed, root: str) -> None:
    for there in seen.containers:
        refuse_foreign("container", there, {labels.ROOT: root})
    for network in seen.networks:
        refuse_foreign("network", network, {labels.ROOT: root})
    for volume in seen.volumes:
        refuse_foreign("volume", volume, {labels.ROOT: root})


def container(workspace: Workspace, environment: Environment, site: str, service: str) -> ContainerSeen:
    """Return the container of a service. Raises NoSuchContainer when there is none, Conflict when it is not ours."""
    name = container_name(service, environment.name, site)
    for seen in workspace.ports.engine.containers.list(name=name):
        if seen.name == name:
            refuse_foreign("container", seen, {labels.ROOT: workspace.root.uuid})
            return seen
    hint = f"Make it: {typed('start', environment.name, site)}"
    if not is_on(service, environment, site_file.read(workspace.ports.disk, environment, site)):
        hint = f"It is switched off. Switch it on: {typed('service add', f'{service} -e {environment.name}', site)}"
    raise NoSuchContainer(f"The service {service} of {environment.name} has no container ({name}).", hint)


def stop_ckan(workspace: Workspace, context: SiteContext, *, cause: str) -> Plan:
    """Plan to stop web and what else runs CKAN's code, where it is ours and runs; a spare would run commands beside."""
    seen = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
    there = seen.container(spare.name(context))
    gone = [RemoveContainer(there.name, cause=cause)] if there else []
    running = Observed(tuple(each for each in seen.containers if each.service in RUN_CKAN))
    return Plan.of(gone) + teardown.stop(running, cause=cause)


def clear_ckan(workspace: Workspace, context: SiteContext, *, cause: str) -> Plan:
    """Plan to have nothing run CKAN's code, web the last: it serves until what stands beside it has ended its work."""
    seen = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
    beside = Observed(tuple(each for each in seen.containers if each.service in {*RUN_CKAN} - {web.SERVICE}))
    spares, webs = (
        Plan.of(RemoveContainer(each.name, cause=cause) for each in seen.containers if each.name == name)
        for name in (spare.name(context), web.container(context))
    )
    return spares + teardown.stop(beside, cause=cause) + webs


def remove_one_offs(workspace: Workspace, context: SiteContext, purposes: Collection[str]) -> Plan:
    """Plan to remove one-off containers that an interrupted run left; some go on with what they were told.

    For purposes that only the holder of the site's lock starts them for: then none of them is anybody's.
    """
    seen = observe(workspace.ports, context.environment, context.site.name)
    return left(seen.of(workspace.root.uuid), purposes)


def left(seen: Observed, purposes: Collection[str]) -> Plan:
    """Plan to remove the one-off containers among what was seen, as ``remove_one_offs`` does."""
    there = (each for each in seen.containers if each.labels.get(labels.ONE_OFF) in purposes)
    return Plan.of(RemoveContainer(each.name, cause="an earlier run was interrupted") for each in there)
