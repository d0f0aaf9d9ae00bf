"""Where the parts of a site can lie: found out once for each engine by letting a container look at files of ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from datacats.apply import apply
from datacats.errors import ConfigError, Conflict, EngineError, PathUnseen
from datacats.model import labels
from datacats.model.environment import Mode, Placement, SiteContext
from datacats.model.event import Events, Said
from datacats.model.observed import Observed
from datacats.model.plan import MakeDirectory, PlaceFile, Plan, RemoveTree
from datacats.model.secrets import random_text
from datacats.services import probe
from datacats.store import locate, placements, source
from datacats.workflows import ours
from datacats.workflows.workspace import Workspace

_LISTED, _OPEN = 0o005, 0o004
_CAUSE = "whether the engine sees our files, and its containers may write them"

_SAID = {
    Placement.VOLUMES: "Users of this engine's containers are not this host's: data goes into volumes of the engine.",
    Placement.COPIES: "The engine does not see this host's files: all that its containers need goes into volumes.",
}


def known(workspace: Workspace) -> Placement:
    """Return the placement on the engine as far as it was found out."""
    found = placements.known(workspace.ports.disk, workspace.root, workspace.engine_info().identity)
    return found or Placement.BIND


def decide(workspace: Workspace, context: SiteContext, events: Events) -> SiteContext:
    """Return the context with the placement that its engine allows. Raises what ``check_source`` raises."""
    disk, engine = workspace.ports.disk, workspace.engine_info().identity
    found = placements.known(disk, workspace.root, engine)
    if found is None:
        with workspace.root.lock(disk, events=events):
            found = _find_out(workspace, context, events)
            placements.remember(disk, workspace.root, engine, found)
    if found in _SAID:
        events(Said(_SAID[found]))
    context = replace(context, site=replace(context.site, placement=found))
    check_source(workspace, context)
    return context


def _find_out(workspace: Workspace, context: SiteContext, events: Events) -> Placement:
    directory = workspace.root.path / "_probe"
    nonce = random_text(32)
    clear = Plan.of([RemoveTree(directory, cause=_CAUSE)])
    apply(_abandoned(workspace) + clear + _placed(context, directory, nonce), workspace.ports, events)
    foreign = workspace.engine_info().rootless
    spec = probe.describe(context, directory, nonce, foreign=foreign)
    try:
        status = workspace.ports.engine.containers.run(spec.labelled(), probe.silence(), interruptible=True)
    except PathUnseen:
        status = probe.UNSEEN
    apply(clear, workspace.ports, events)
    if status not in _FOUND:
        raise EngineError(f"A first container ended with status {status}.", "See whether it is well: datacats doctor")
    return _FOUND[status]


def _abandoned(workspace: Workspace) -> Plan:
    """Plan to remove what interrupted runs left: whoever holds the root lock is the only one who looks."""
    probes = workspace.ports.engine.containers.list(label=f"{labels.ONE_OFF}={probe.PURPOSE}")
    return ours.left(Observed(probes).of(workspace.root.uuid), {probe.PURPOSE})


_FOUND = {0: Placement.BIND, probe.FOREIGN: Placement.VOLUMES, probe.UNSEEN: Placement.COPIES}


def _placed(context: SiteContext, directory: Path, nonce: str) -> Plan:
    owner = (context.host.uid, context.host.gid)
    content = nonce.encode()
    return Plan.of(
        [
            MakeDirectory(directory, owner, 0o755, cause=_CAUSE),
            PlaceFile(directory / probe.SEEN, content, owner, 0o644, cause=_CAUSE),
            PlaceFile(directory / probe.OWN, content, owner, 0o600, cause=_CAUSE),
        ]
    )


def refuse_extensions(context: SiteContext, *, written: bool) -> None:
    """Raise Conflict where containers could not see installed extensions, or could not write (``written``) them."""
    where = context.site.placement
    if where is Placement.BIND or (where is Placement.VOLUMES and not written):
        return
    raise Conflict(
        f"The site {context.site.name} of {context.environment.name} cannot have these extensions: its engine "
        "cannot use the data directory, in which they lie.",
        "Use a Docker Engine of this host's own users, or leave them out; a new environment without a theme: "
        "datacats create --bare",
    )


def check_source(workspace: Workspace, context: SiteContext) -> None:
    """Raise ConfigError, Conflict or UsageError for a source directory that containers could not use as they are to."""
    locate.refuse_unreadable(context.environment)
    if context.layer:
        refuse_extensions(context, written=False)
    directory = context.environment.source
    if context.site.placement is Placement.VOLUMES and not _is_open(workspace, directory):
        raise ConfigError(
            f"Containers cannot read {directory}: this engine's users are not this host's, and it is closed to others.",
            f"Open it for reading: chmod -R go+rX {directory}",
        )
    if context.site.placement is Placement.COPIES and context.site.mode is Mode.DEVELOPMENT:
        raise Conflict(
            f"The Docker Engine ({workspace.ports.engine.address}) does not see {directory}, so that the development "
            "server could not follow changes there.",
            "Use an engine on this host for development (unset DOCKER_HOST), let Docker share that directory, "
            "or run the production server, which gets a copy: --production",
        )


def _is_open(workspace: Workspace, directory: Path) -> bool:
    disk = workspace.ports.disk
    wanted = ((directory, _LISTED), (directory / source.INI, _OPEN))
    return all((entry := disk.entry(path)) is None or entry.mode & bits == bits for path, bits in wanted)
