"""Who uses which images: the sites of this data root, those of others with containers here, and other containers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model import labels
from datacats.model.image import ROLES
from datacats.model.observed import ContainerSeen
from datacats.model.ports import Disk
from datacats.store import locate, site_file
from datacats.store.root import DataRoot
from datacats.workflows.workspace import Workspace

Use = tuple[str, Sequence[str]]
"""Who uses images, and their names."""


def uses(workspace: Workspace) -> dict[str, set[str]]:
    """Return the names of the images that each user runs on or could go back to.

    A user is ``ENVIRONMENT/SITE``, with the path of its data root before it where that is another one, or the name of
    a container that is nobody's. Raises ConfigError for a damaged record of this data root.
    """
    found: dict[str, set[str]] = defaultdict(set)
    every = workspace.ports.engine.containers.list()
    for each in (
        _sites(workspace.ports.disk, workspace.root),
        _of_others(workspace, every),
        _running(workspace, every),
    ):
        for who, names in each:
            found[who].update(names)
    return found


def _sites(disk: Disk, root: DataRoot, before: str = "") -> Iterator[Use]:
    for name in locate.names(disk, root):
        environment = locate.by_name(disk, root, name)
        for site_name in site_file.names(disk, environment):
            site = site_file.read(disk, environment, site_name)
            sets = [site.images, *([site.previous] if site.previous else [])]
            yield f"{before}{name}/{site_name}", [str(each[role]) for each in sets for role in ROLES]


def _of_others(workspace: Workspace, every: Sequence[ContainerSeen]) -> Iterator[Use]:
    """The sites of other data roots that say so on a container, as far as their records can be read from here."""
    for home, uuid in {(each.labels.get(labels.HOME), each.labels.get(labels.ROOT)) for each in every}:
        if home and uuid and uuid != workspace.root.uuid:
            with suppress(DatacatsError):
                yield from _sites(workspace.ports.disk, DataRoot(Path(home), uuid), f"{home}:")


def _running(workspace: Workspace, every: Sequence[ContainerSeen]) -> Iterator[Use]:
    """Containers, whether or not they run: the engine keeps an image that one was made from."""
    for each in every:
        whose = "/".join(each.labels.get(key, "") for key in (labels.ENVIRONMENT, labels.SITE))
        other = each.labels.get(labels.ROOT) != workspace.root.uuid
        before = f"{each.labels.get(labels.HOME, '')}:" if other else ""
        yield (f"{before}{whose}" if labels.ROOT in each.labels else each.name), [each.image]
