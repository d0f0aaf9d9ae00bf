"""Make an environment: its source directory, its data directory, and its first site, up to the first page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from datacats.apply import apply
from datacats.errors import Conflict, UsageError
from datacats.model.environment import Environment
from datacats.model.event import Events, ignore
from datacats.model.names import check_name
from datacats.model.new_extension import new_extension
from datacats.model.plan import MakeDirectory, Operation, PlaceFile, Plan, RemoveTree
from datacats.recipes import LINES, resolve_ckan
from datacats.store import environment_file, host, locate, skeleton, source
from datacats.workflows import claim, foresee
from datacats.workflows.foresee import Foreseen
from datacats.workflows.new_site import Created, NewSite, Show, make_site, refuse, say_nothing
from datacats.workflows.workspace import Workspace

_NEWEST = next(iter(LINES))
_LONGEST_NAME = 255
"""No directory can have a longer one; asking for it would only say so in other words."""


@dataclass(frozen=True, slots=True)
class NewEnvironment:
    """What a user may choose for a new environment.

    ``target`` is a name or the path of the source directory; ``ckan`` None means the newest line, or what a source
    directory that is there says; ``bare`` means without a theme of its own.
    """

    target: str
    ckan: str | None = None
    bare: bool = False
    site: NewSite = field(default_factory=NewSite)


def create(new: NewEnvironment, workspace: Workspace, events: Events = ignore, show: Show = say_nothing) -> Created:
    """Make an environment and its first site; carry on where an interrupted run stopped.

    ``show`` gets the result before the site counts as complete: until then another run makes a new password.
    Raises UsageError for a name or number that cannot be, Conflict for what is there already or somebody else's.
    """
    environment, source = _environment(workspace, new)
    try:
        apply(source, workspace.ports, events)
        return make_site(workspace, environment, new.site, events, show)
    except BaseException:
        if new.site.clean_on_failure and len(source):
            apply(_without(workspace, environment), workspace.ports, events)
        raise


def plan_create(new: NewEnvironment, workspace: Workspace, events: Events = ignore) -> Foreseen:
    """Return what ``create`` would do, and do nothing."""
    environment, source = _environment(workspace, new)
    site = foresee.site(workspace, environment, new.site, events)
    return Foreseen(source + site.plan, site.later)


def _environment(workspace: Workspace, new: NewEnvironment) -> tuple[Environment, Plan]:
    """Return the environment, and the plan of its source directory: an empty one when that is there."""
    directory = _directory(workspace, new.target)
    if len(directory.name) > _LONGEST_NAME:
        check_name(directory.name, "an environment")
    if workspace.ports.disk.entry(directory / environment_file.NAME) is not None:
        environment = locate.describe(workspace.ports.disk, workspace.root, directory)
        _refuse_other_version(environment, new.ckan)
        locate.refuse_twin(workspace.ports.disk, workspace.root, environment)
        locate.refuse_nested(workspace.ports.disk, workspace.root, environment)
        return environment, Plan()
    name = check_name(directory.name, "an environment")
    ckan = _NEWEST if new.ckan is None else new.ckan
    data = workspace.root.environment(name)
    environment = Environment(name, directory, data, workspace.root.uuid, ckan)
    texts = _texts(name, ckan, new)
    _refuse_directory(workspace, directory, texts)
    _refuse_name(workspace, name)
    locate.refuse_nested(workspace.ports.disk, workspace.root, environment)
    wanted = refuse(workspace, environment, new.site)
    claim.foresee(workspace, environment, new.site.site, wanted, new.site.options, ignore)
    return environment, _source(workspace, directory, texts)


def _refuse_other_version(environment: Environment, ckan: str | None) -> None:
    if ckan is not None and resolve_ckan(ckan) != resolve_ckan(environment.ckan):
        file = environment.source / environment_file.NAME
        raise Conflict(
            f"{environment.name} is an environment of CKAN {environment.ckan}, not {ckan}.",
            f"Leave --ckan out, or change it in {file}.",
        )


def _without(workspace: Workspace, environment: Environment) -> Plan:
    """Plan to take a new source directory away again, unless a site of it is there."""
    if workspace.ports.disk.entry(environment.data) is not None:
        return Plan()
    return Plan.of([RemoveTree(environment.source, cause="--clean-on-failure")])


def _directory(workspace: Workspace, target: str) -> Path:
    if not target.strip() or "\0" in target:
        raise UsageError("The name of the environment is empty.", "For example: datacats create catstown")
    return locate.place(workspace.cwd, target)


def _refuse_directory(workspace: Workspace, directory: Path, ours: Mapping[str, bytes]) -> None:
    """Raise Conflict for what is there already, but for what an interrupted run has left."""
    disk = workspace.ports.disk
    parent = disk.entry(directory.parent)
    if parent is None or parent.kind != "directory":
        raise UsageError(f"There is no directory {directory.parent}.", f"Make it: mkdir -p {directory.parent}")
    entry = disk.entry(directory)
    if entry is None:
        return
    if entry.kind != "directory":
        raise Conflict(f"{directory} is there already and is a {entry.kind}.", "Choose another name.")
    there = (path.relative_to(directory).as_posix() for path in skeleton.held(disk, directory))
    if any(name not in ours or disk.read(directory / name) != ours[name] for name in there):
        raise Conflict(
            f"The directory {directory} is there already and is not empty.",
            "Choose another name, or make it an environment yourself: put a datacats.toml into it, "
            f"then: datacats init {directory}",
        )


def _refuse_name(workspace: Workspace, name: str) -> None:
    disk = workspace.ports.disk
    if disk.entry(workspace.root.environment(name) / locate.FILE) is not None:
        raise Conflict(
            f"The environment {name} has a data directory already ({workspace.root.environment(name)}).",
            f"See it: datacats info {name}. Choose another name, or remove it with its data: datacats purge {name}",
        )


def _texts(name: str, ckan: str, new: NewEnvironment) -> dict[str, bytes]:
    """Return what is placed; ``datacats.toml`` comes last, because it makes the directory an environment."""
    theme = None if new.bare else new_extension(name, "theme")
    texts = source.new_files(name, datastore=new.site.options.datastore, first=theme.plugin if theme else "")
    if theme is not None:
        texts |= {f"{theme.directory}/{path}": content for path, content in skeleton.render(theme).items()}
    return {**texts, environment_file.NAME: environment_file.new(name, ckan)}


def _source(workspace: Workspace, directory: Path, texts: Mapping[str, bytes]) -> Plan:
    owner = host.owner_for(workspace.ports.disk, directory)
    cause = "a new environment"
    folders = dict.fromkeys([directory, *((directory / file).parent for file in texts)])
    operations: list[Operation] = [MakeDirectory(folder, owner, 0o755, cause=cause) for folder in folders]
    operations += [PlaceFile(directory / file, text, owner, 0o644, cause=cause) for file, text in texts.items()]
    return Plan.of(operations)
