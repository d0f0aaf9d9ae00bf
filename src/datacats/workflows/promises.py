"""What is promised to the sites of this data root, whether they run or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from datacats.errors import ConfigError
from datacats.store import locate, site_file
from datacats.store.site_file import Promise
from datacats.workflows.workspace import Workspace


def promises(workspace: Workspace) -> Iterator[tuple[str, Promise]]:
    """Yield ``ENVIRONMENT/SITE`` and the port and subnets promised to it."""
    disk = workspace.ports.disk
    for name in locate.names(disk, workspace.root):
        data = workspace.root.environment(name)
        for site in disk.names(data / "sites"):
            promise = None
            with suppress(ConfigError):  # a damaged record must not keep everybody else from working
                promise = site_file.promise(disk, data, site)
            if promise is not None:
                yield f"{name}/{site}", promise
