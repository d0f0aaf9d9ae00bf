"""Questions to the container that resolves extensions, and the image it runs on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datacats import recipes
from datacats.apply import apply
from datacats.errors import BuildFailed
from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.image import BuildContext, HostBuild
from datacats.model.plan import MakeDirectory, Operation, PlaceFile, Plan, RemoveTree, RunOneOff
from datacats.model.service import ContainerSpec
from datacats.planning import provision
from datacats.planning.converge import Following, converge
from datacats.services import builder, common
from datacats.store import environment_file, host, index
from datacats.workflows import complaint, images, placement
from datacats.workflows.answer import answer
from datacats.workflows.carried import active
from datacats.workflows.workspace import Workspace, observe


def ensure_packages(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Have the image of web with the environment's system packages in it; without such packages nothing is asked.

    Raises BuildFailed naming those that Debian has not.
    """
    if wanted := _with_packages(workspace, context):
        try:
            _build(workspace, wanted, events)
        except BuildFailed as error:
            file = context.environment.source / environment_file.NAME
            absent = re.findall(r"Unable to locate package (\S+)|Package '(\S+)' has no installation", error.detail)
            names = ", ".join(dict.fromkeys(one or other for one, other in absent))
            why = f"names what Debian has not: {names}" if names else f"cannot be installed: {error.message}"
            mend = "system_packages" if names else "what the end of its output tells, or system_packages"
            way = f"Mend {mend} in {file}, then give the command again."
            raise BuildFailed(f"system_packages in {file} {why}.", way, detail=error.detail) from error


def plan_packages(workspace: Workspace, context: SiteContext) -> Plan:
    """Return what ``ensure_packages`` would do."""
    wanted = _with_packages(workspace, context)
    absent = wanted is not None and not workspace.ports.engine.images.exists(wanted.ref)
    return Plan.of(provision.build([wanted])) if wanted is not None and absent else Plan()


def _with_packages(workspace: Workspace, context: SiteContext) -> BuildContext | None:
    packages = context.environment.system_packages
    if not packages:
        return None
    return recipes.extended(context.site.images.web, packages, host.host_build(workspace.ports.disk, workspace.env))


def ask(workspace: Workspace, context: SiteContext, request: Mapping[str, Any], events: Events) -> dict[str, Any]:
    """Resolve a request. Raises Unresolvable with the resolver's words."""
    prepare(workspace, context, events)
    resolver, question = spec(workspace, context, builder.RESOLVE), json.dumps(request).encode()
    with active("find releases that go together", events, "extensions and CKAN share packages"):
        told = answer(workspace, resolver, question, "The extensions were not resolved")
    found: dict[str, Any] = json.loads(told.stdout)
    if "error" in found:
        raise complaint.explained(found["error"])
    return found


def lay(workspace: Workspace, context: SiteContext, packages: str, layer: Path) -> RunOneOff:
    """Return the step that installs exact packages into a layer."""
    stdin = json.dumps({"packages": packages}).encode()
    laying = spec(workspace, context, builder.LAY, layer)
    return RunOneOff(laying, stdin, "install the packages", cause="exact packages of datacats.lock")


def prepare(workspace: Workspace, context: SiteContext, events: Events) -> None:
    """Have what the container needs: its image, its network, its private files, and the cache."""
    placement.refuse_extensions(context, written=True)
    facts = ensure_image(workspace, context, events)
    settings = {Path(file.path).name: file.content for file in facts.files}
    settings["variables"] = settings.get("variables", b"") + index.script(context.host.proxies)
    private, cache = _private(context), _cache(workspace, context)
    owner = (context.host.uid, context.host.gid)
    cause = "for the container that installs extensions"
    files = builder.private_files(private, settings, context.host.authorities)
    steps: list[Operation] = [MakeDirectory(each, owner, cause=cause) for each in (private, cache)]
    for path, content in files.items():
        if content is not None:
            steps.append(PlaceFile(path, content, owner, cause=cause))
        elif workspace.ports.disk.entry(path) is not None:
            steps.append(RemoveTree(path, cause="this host has none any more"))
    seen = observe(workspace.ports, context.environment, context.site.name)
    networks = converge(common.networks(context), (), seen, Following())
    apply(Plan.of(steps) + networks, workspace.ports, events)


def ensure_image(workspace: Workspace, context: SiteContext, events: Events) -> HostBuild:
    """Have the image with compilers in it; return what builds need of this host."""
    facts = host.host_build(workspace.ports.disk, workspace.env)
    ensure_packages(workspace, context, events)
    _build(workspace, recipes.builder(context.web_image, facts), events)
    return facts


def spec(workspace: Workspace, context: SiteContext, verb: str, layer: Path | None = None) -> ContainerSpec:
    """Describe the container."""
    image = recipes.builder_ref(context.web_image)
    return builder.describe(context, image, verb, (_private(context), _cache(workspace, context), layer))


def _private(context: SiteContext) -> Path:
    return context.environment.data / "run" / "install"


def _cache(workspace: Workspace, context: SiteContext) -> Path:
    """The cache is the owner's: no container writes files of another."""
    return workspace.root.path / "_cache" / f"uv-{context.host.uid}"


def _build(workspace: Workspace, context: BuildContext, events: Events) -> None:
    if not workspace.ports.engine.images.exists(context.ref):
        images.build_once(workspace, context, events)
