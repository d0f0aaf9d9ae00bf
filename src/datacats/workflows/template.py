"""Have a template for a set of images: made once, sealed, shared by all environments of the data root."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from datacats.apply import apply
from datacats.errors import SubnetTaken
from datacats.model.environment import Environment, Placement, Site, SiteContext
from datacats.model.event import Events
from datacats.model.image import ROLES, ImageSet
from datacats.model.observed import Observed
from datacats.model.plan import MakeDirectory, Operation, PlaceFile, Plan, RemoveTree
from datacats.model.secrets import Secrets
from datacats.planning import teardown, template
from datacats.planning.converge import Following, converge
from datacats.services import common, files, postgres, redis, solr, volumes, web
from datacats.store import source
from datacats.workflows import subnets
from datacats.workflows.workspace import Workspace, observe

_RECIPE = "2"
"""Raised when the steps below change what a template holds."""


def key(images: ImageSet, plugins: str) -> str:
    """Return what names a template: a digest of everything that decides its content."""
    parts = [*(str(images[role]) for role in ROLES), plugins, "C.UTF-8", _RECIPE]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Template:
    """A sealed template: the directory that holds it, and the site that it was made as, which names its volumes.

    Where it lies in volumes, the directory is empty and only says that they are complete.
    """

    path: Path
    context: SiteContext


def ensure(workspace: Workspace, of: SiteContext, events: Events) -> Template:
    """Return the template for a new site, making it when there is none."""
    there = sealed(workspace, of.site.images, of.site.placement)
    disk = workspace.ports.disk
    context = _context(workspace, there.name, of)
    working = context.environment.data
    if not _is_whole(workspace, there, context) or disk.entry(working) is not None:
        with workspace.root.lock(disk, f"template-{there.name}", events=events):
            if _is_whole(workspace, there, context):
                apply(Plan.of([RemoveTree(working, cause="the template is sealed")]), workspace.ports, events)
            else:
                _make(workspace, context, there, events)
    return Template(there, context)


def sealed(workspace: Workspace, images: ImageSet, placement: Placement) -> Path:
    """Return where the template for these images is, or would be. One in volumes is of one engine."""
    if placement is Placement.BIND:
        return workspace.root.templates / key(images, source.PLUGINS)
    return workspace.root.templates / key(images, f"{source.PLUGINS}\0{workspace.engine_info().identity}")


def _is_whole(workspace: Workspace, there: Path, context: SiteContext) -> bool:
    """Whether it is sealed, and nobody has removed its volumes, which no container uses."""
    if workspace.ports.disk.entry(there) is None:
        return False
    if context.site.placement is Placement.BIND:
        return True
    wanted = {common.volume(context, part).name for part in template.PARTS}
    return wanted <= {seen.name for seen in workspace.ports.engine.volumes.list()}


def _context(workspace: Workspace, name: str, of: SiteContext) -> SiteContext:
    """Describe the site that becomes the template.

    No user's environment can have its name, and another data root that makes the same one has another.
    """
    working = workspace.root.templates / f"{name}.making"
    environment = Environment("_template", working / "source", working, workspace.root.uuid, "")
    name = f"{name}-{workspace.root.uuid[:8]}"
    site = Site(name, 0, ("", ""), of.site.images, placement=of.site.placement)
    return SiteContext(environment, site, of.host)


def _make(workspace: Workspace, context: SiteContext, target: Path, events: Events) -> None:
    ports, working = workspace.ports, context.environment.data
    seen = observe(ports, context.environment, context.site.name, context.site.placement)
    apply(teardown.remove(seen.of(workspace.root.uuid), cause="an earlier run was interrupted"), ports, events)
    if ports.disk.entry(target) is not None:
        apply(Plan.of([RemoveTree(target, cause="its volumes are gone")]), ports, events)
    apply(Plan.of([RemoveTree(working, cause="an earlier run was interrupted")]), ports, events)
    secrets = Secrets.fresh()
    apply(_prepare(context, secrets), ports, events)
    context = networks(workspace, context, events)
    steps = _steps(context, secrets)
    apply(template.make(working, target, context.directory, steps), ports, events)


def networks(workspace: Workspace, context: SiteContext, events: Events, tries: int = 5) -> SiteContext:
    """Make the networks; when another data root takes their subnets meanwhile, with others."""
    try:
        with workspace.root.lock(workspace.ports.disk, events=events):
            context = subnets.give(workspace, context)
            plan = converge(common.networks(context), (), Observed(), Following())
            apply(plan, workspace.ports, events)
    except SubnetTaken:
        if not tries:
            raise
        left = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
        apply(teardown.remove(left, cause="its subnet was taken meanwhile"), workspace.ports, events)
        return networks(workspace, context, events, tries - 1)
    return context


def _prepare(context: SiteContext, secrets: Secrets) -> Plan:
    owner = (context.host.uid, context.host.gid)
    cause = "a template is made from the definition alone"
    choices = source.new_files("CKAN")[source.INI]
    texts = files.run_files(context, secrets, choices)
    ini = context.environment.source / source.INI
    steps: list[Operation] = [
        MakeDirectory(context.environment.source, owner, 0o755, cause=cause),
        PlaceFile(ini, choices, owner, 0o644, cause=cause),
    ]
    if context.site.placement is Placement.BIND:
        steps += template.directories(context.directory, owner, cause)
        steps += [PlaceFile(path, content, owner, cause=cause) for path, content in texts.items()]
    else:
        steps.append(MakeDirectory(context.directory, owner, cause=cause))
        contents = volumes.archives(texts)
        if context.site.placement is Placement.COPIES:
            contents[web.SOURCE] = volumes.archive({source.INI: choices}, 0o644)
        steps += [volumes.fill(context, part, content, cause=cause) for part, content in contents.items()]
    return Plan.of(steps)


def _steps(context: SiteContext, secrets: Secrets) -> template.TemplateSteps:
    services = (postgres.describe(context), solr.describe(context), redis.describe(context))
    networks = common.networks(context)
    there = teardown.described(networks, services)
    return template.TemplateSteps(
        initialise=postgres.initialise(context),
        start=converge(networks, services, Observed(networks=there.networks), Following()),
        first_roles=postgres.first_roles(context, secrets, cause="a new cluster has only its superuser"),
        migrate=(web.one_off(context, web.MIGRATE, purpose="template"),),
        scrub=(
            postgres.statements(context, "ckan", template.SCRUB_CKAN, what="no user", cause=_SCRUB),
            postgres.statements(context, "postgres", template.SCRUB_CLUSTER, what="no password", cause=_SCRUB),
        ),
        stop=teardown.remove(there, cause="the template is complete"),
        discard=() if context.site.placement is Placement.BIND else volumes.without_template(context),
    )


_SCRUB = "a template must open no door"
