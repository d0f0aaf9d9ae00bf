"""The services of one run of tests: cloned from the template, on networks of their own, gone when the run ends.

Nothing is told of them: they are the same each time, and what pytest says comes after.
"""

from __future__ import annotations

import secrets as random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from datacats.apply import apply
from datacats.errors import Busy, Conflict
from datacats.model.environment import Environment, Host, Phase, Placement, Site, SiteContext
from datacats.model.event import Events, ignore
from datacats.model.image import ImageSet
from datacats.model.plan import MakeDirectory, PlaceFile, Plan
from datacats.model.ports import Disk
from datacats.model.secrets import Secrets
from datacats.planning import teardown, template
from datacats.planning.converge import Following, converge
from datacats.services import common, redis, testing
from datacats.store import host
from datacats.store.root import DataRoot
from datacats.workflows import placement
from datacats.workflows import template as templates
from datacats.workflows.subject import NAME, Subject
from datacats.workflows.workspace import Workspace, observe

__all__ = ["NAME", "Bed", "lock_name", "made", "place", "runs"]


@dataclass(frozen=True, slots=True)
class Bed:
    """Where one run of tests works, and the secrets of its services."""

    context: SiteContext
    secrets: Secrets


@contextmanager
def made(workspace: Workspace, subject: Subject, images: ImageSet, events: Events) -> Iterator[Bed]:
    """Have services for one run while the context lasts; what runs that were killed left is removed first.

    Raises Conflict where containers cannot use what lies on this host.
    """
    where = placement.known(workspace)
    site = Site(random.token_hex(4), 0, ("", ""), images, low_memory=True, phase=Phase.CREATED, placement=where)
    whose = _host(workspace, subject)
    data = workspace.root.path / f"{NAME}-{whose.uid}"  # no container reads what is private to another user
    context = SiteContext(replace(subject.environment, data=data), site, whose)
    _refuse_blind_engine(context)
    _sweep(workspace)
    sealed = templates.ensure(workspace, context, events).path
    with workspace.root.lock(workspace.ports.disk, lock_name(site.name), events=events):
        try:
            yield _raise(workspace, _claim(workspace, context, subject), sealed)
        finally:
            _remove(workspace, context.directory)


def runs(disk: Disk, root: DataRoot) -> Iterator[Path]:
    """Yield the directories of all runs, whoever owns what is tested."""
    for owner in (each for each in disk.names(root.path) if each.startswith(f"{NAME}-")):
        there = root.path / owner / "sites"
        yield from (there / name for name in disk.names(there))


def lock_name(run: str) -> str:
    """Return the name of the lock that is held while a run lasts."""
    return f"test-{run}"


def place(workspace: Workspace, bed: Bed, texts: dict[Path, bytes]) -> None:
    """Place private files of the run."""
    owner = (bed.context.host.uid, bed.context.host.gid)
    steps = [PlaceFile(path, content, owner, cause="for this run alone") for path, content in texts.items()]
    apply(Plan.of(steps), workspace.ports, ignore)


def _refuse_blind_engine(context: SiteContext) -> None:
    if context.site.placement is not Placement.BIND:
        raise Conflict(
            "Tests cannot run on this engine: its containers cannot use the directories of this host.",
            "Use an engine of this host's own users: a rootful Docker Engine.",
        )


def _host(workspace: Workspace, subject: Subject) -> Host:
    disk = workspace.ports.disk
    return host.host(disk, workspace.env, host.owner_for(disk, subject.directory))


def _claim(workspace: Workspace, context: SiteContext, subject: Subject) -> SiteContext:
    """Make the run's directory and networks. From then on its lock tells that it is in use."""
    owner = (context.host.uid, context.host.gid)
    places = [context.environment.data, context.directory]
    if subject.extension is None:
        places.append(context.environment.source)
    steps = [MakeDirectory(each, owner, cause="a run of tests") for each in places]
    apply(Plan.of(steps), workspace.ports, ignore)
    return templates.networks(workspace, context, ignore)


def _raise(workspace: Workspace, context: SiteContext, sealed: Path) -> Bed:
    secrets = Secrets.fresh()
    owner = (context.host.uid, context.host.gid)
    directory = common.run_directory(context, redis.SERVICE)
    cause = "a run of tests"
    networks = common.networks(context)
    described = testing.services(context)
    there = teardown.described(networks, ())
    following = Following({"postgres": (testing.databases(context, secrets),)})
    prepared = [
        *(MakeDirectory(context.directory / part, owner, cause=cause) for part in ("run/web", "run/redis", "redis")),
        PlaceFile(directory / "redis.conf", redis.configuration(secrets), owner, cause=cause),
    ]
    plan = template.populate(sealed, context.directory, owner, dict.fromkeys(template.PARTS, False))
    plan += Plan.of(prepared) + converge(networks, described, there, following)
    apply(plan, workspace.ports, ignore)
    return Bed(context, secrets)


def _sweep(workspace: Workspace) -> None:
    """Remove what runs have left whose process is gone: its lock is free."""
    disk, root = workspace.ports.disk, workspace.root
    for run in runs(disk, root):
        with suppress(Busy), disk.lock(root.lock_path(lock_name(run.name)), f"the run {run.name}", wait=0):
            _remove(workspace, run)


def _remove(workspace: Workspace, run: Path) -> None:
    root = workspace.root
    environment = Environment(NAME, root.path / NAME, root.path / NAME, root.uuid, "")
    seen = observe(workspace.ports, environment, run.name).of(root.uuid)
    lock = root.lock_path(lock_name(run.name))
    plan = teardown.discard(seen, (run, lock), cause="the run of tests is over")
    apply(plan, workspace.ports, ignore)
