"""Make a new extension, or a theme, in an environment's source directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datacats.apply import apply
from datacats.errors import Conflict
from datacats.model.environment import Environment
from datacats.model.event import Events, ignore
from datacats.model.new_extension import NewExtension
from datacats.model.plan import MakeDirectory, Operation, PlaceFile, Plan
from datacats.model.ports import Disk
from datacats.store import skeleton
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Generated:
    """A new extension: its directory, the plugin to enable, and its files, relative to the directory."""

    environment: str
    directory: Path
    plugin: str
    files: tuple[str, ...]


def generate(
    extension: NewExtension, reference: str | None, workspace: Workspace, events: Events = ignore
) -> Generated:
    """Make an extension in the source directory of an environment; carry on where an interrupted run stopped.

    Nothing that is there is overwritten: Conflict says what is in the way.
    """
    with workspace.hold(reference, events) as environment:
        apply(_plan(extension, environment, workspace), workspace.ports, events)
    directory = environment.source / extension.directory
    return Generated(environment.name, directory, extension.plugin, tuple(skeleton.render(extension)))


def plan_generate(extension: NewExtension, reference: str | None, workspace: Workspace) -> Plan:
    """Return what ``generate`` would do, and do nothing."""
    return _plan(extension, workspace.find(reference), workspace)


def _plan(extension: NewExtension, environment: Environment, workspace: Workspace) -> Plan:
    directory = environment.source / extension.directory
    texts = {directory / path: content for path, content in skeleton.render(extension).items()}
    _refuse_directory(workspace.ports.disk, directory, texts)
    _refuse_twin(workspace.ports.disk, environment.source, extension)
    owner, cause = workspace.owner(environment), f"a new {extension.kind}"
    folders = dict.fromkeys(path.parent for path in texts)
    operations: list[Operation] = [MakeDirectory(folder, owner, 0o755, cause=cause) for folder in folders]
    operations += [PlaceFile(path, content, owner, 0o644, cause=cause) for path, content in texts.items()]
    return Plan.of(operations)


def _refuse_directory(disk: Disk, directory: Path, ours: Mapping[Path, bytes]) -> None:
    """Raise Conflict for what is there already, but for what an interrupted run has left."""
    entry = disk.entry(directory)
    if entry is None:
        return
    begun = entry.kind == "directory" and disk.entry(directory / skeleton.LAST) is None
    if not begun or any(path not in ours or disk.read(path) != ours[path] for path in skeleton.held(disk, directory)):
        raise Conflict(f"{directory} is there already; it is left as it is.", "Choose another name, or move it away.")


def _refuse_twin(disk: Disk, source: Path, extension: NewExtension) -> None:
    """Raise Conflict when another directory holds a package of the same name: CKAN could load only one."""
    for name in disk.names(source):
        package = source / name / "ckanext" / extension.plugin
        if name != extension.directory and disk.entry(package) is not None:
            raise Conflict(f"{package} is there already, and has the same name.", "Choose another name.")
