"""Have a template for a set of images: made once, sealed, shared by all environments of the data root."""

from __future__ import annotations

import hashlib
from pathlib import Path

from datacats.apply import apply
from datacats.errors import SubnetTaken
from datacats.model.environment import Environment, Host, Site, SiteContext
from datacats.model.event import Events
from datacats.model.image import ROLES, ImageSet
from datacats.model.observed import Observed
from datacats.model.plan import MakeDirectory, PlaceFile, Plan, RemoveTree
from datacats.model.secrets import Secrets
from datacats.planning import teardown, template
from datacats.planning.converge import Following, converge
from datacats.services import common, files, postgres, redis, solr, web
from datacats.store import source
from datacats.workflows import subnets
from datacats.workflows.workspace import Workspace, observe

_RECIPE = "1"
"""Raised when the steps below change what a template holds."""


def key(images: ImageSet, plugins: str) -> str:
    """Return what names a template: a digest of everything that decides its content."""
    parts = [*(str(images[role]) for role in ROLES), plugins, "C.UTF-8", _RECIPE]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def ensure(workspace: Workspace, images: ImageSet, host: Host, events: Events) -> Path:
    """Return the directory of the template for these images, making it when there is none."""
    there = sealed(workspace, images)
    disk = workspace.ports.disk
    context = _context(workspace, there.name, images, host)
    working = context.environment.data
    if disk.entry(there) is None or disk.entry(working) is not None:
        with workspace.root.lock(disk, f"template-{there.name}"):
            if disk.entry(there) is None:
                _make(workspace, context, there, events)
            else:
                apply(Plan.of([RemoveTree(working, cause="the template is sealed")]), workspace.ports, events)
    return there


def sealed(workspace: Workspace, images: ImageSet) -> Path:
    """Return where the template for these images is, or would be."""
    return workspace.root.templates / key(images, source.PLUGINS)


def _context(workspace: Workspace, name: str, images: ImageSet, host: Host) -> SiteContext:
    """Describe the site that becomes the template.

    No user's environment can have its name, and another data root that makes the same one has another.
    """
    working = workspace.root.templates / f"{name}.making"
    environment = Environment("_template", working / "source", working, workspace.root.uuid, "")
    return SiteContext(environment, Site(f"{name}-{workspace.root.uuid[:8]}", 0, ("", ""), images), host)


def _make(workspace: Workspace, context: SiteContext, target: Path, events: Events) -> None:
    ports, working = workspace.ports, context.environment.data
    left = observe(ports, context.environment, context.site.name).of(workspace.root.uuid)
    apply(teardown.remove(left, cause="an earlier run was interrupted"), ports, events)
    apply(Plan.of([RemoveTree(working, cause="an earlier run was interrupted")]), ports, events)
    secrets = Secrets.fresh()
    apply(_prepare(context, secrets), ports, events)
    context = _networks(workspace, context, events)
    steps = _steps(context, secrets)
    apply(template.make(working, target, context.directory, steps), ports, events)


def _networks(workspace: Workspace, context: SiteContext, events: Events, tries: int = 5) -> SiteContext:
    """Make the networks; when another data root takes their subnets meanwhile, with others."""
    try:
        with workspace.root.lock(workspace.ports.disk):
            context = subnets.give(workspace, context)
            plan = converge(common.networks(context), (), Observed(), Following())
            apply(plan, workspace.ports, events)
    except SubnetTaken:
        if not tries:
            raise
        left = observe(workspace.ports, context.environment, context.site.name).of(workspace.root.uuid)
        apply(teardown.remove(left, cause="its subnet was taken meanwhile"), workspace.ports, events)
        return _networks(workspace, context, events, tries - 1)
    return context


def _prepare(context: SiteContext, secrets: Secrets) -> Plan:
    owner = (context.host.uid, context.host.gid)
    cause = "a template is made from the definition alone"
    choices = source.new_files("CKAN")[source.INI]
    texts = {context.environment.source / source.INI: choices, **files.run_files(context, secrets, choices)}
    return Plan.of(
        [
            *template.directories(context.directory, owner, cause),
            MakeDirectory(context.environment.source, owner, cause=cause),
            *(PlaceFile(path, content, owner, cause=cause) for path, content in texts.items()),
        ]
    )


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
    )


_SCRUB = "a template must open no door"
