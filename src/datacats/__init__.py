"""Create, run, develop and deploy CKAN data catalogues in Docker containers.

The library's front door. Importing it costs nothing: a name is loaded when it is first used::

    import datacats

    workspace = datacats.open_workspace()
    made = datacats.create(datacats.NewEnvironment("catstown"), workspace)
    print(made.url, made.password)
    datacats.start(datacats.StartOptions("catstown"), workspace)

Every workflow takes a workspace, returns a frozen result, and raises a ``DatacatsError`` that says what happened,
why, and what to do next. Progress comes as events to the function that is passed as ``events``.
"""

from __future__ import annotations

from datacats.version import VERSION as __version__  # noqa: N811 - the name that tools look for

TYPE_CHECKING = False
"""For type checkers, who take it for true; importing ``typing`` would cost more than all else here."""

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from datacats.errors import DatacatsError
    from datacats.model.environment import Mode
    from datacats.model.ports import Engine
    from datacats.workflows.claim import SiteOptions
    from datacats.workflows.create import NewEnvironment, create
    from datacats.workflows.info import info
    from datacats.workflows.install import InstallOptions, install
    from datacats.workflows.new_site import NewSite
    from datacats.workflows.purge import PurgeOptions, purge
    from datacats.workflows.start import StartOptions, start
    from datacats.workflows.stop import stop
    from datacats.workflows.upgrade import upgrade
    from datacats.workflows.workspace import Workspace

__all__ = [
    "DatacatsError",
    "InstallOptions",
    "Mode",
    "NewEnvironment",
    "NewSite",
    "PurgeOptions",
    "SiteOptions",
    "StartOptions",
    "__version__",
    "connect",
    "create",
    "info",
    "install",
    "open_workspace",
    "purge",
    "start",
    "stop",
    "upgrade",
]

_HOMES: Mapping[str, str] = {
    "DatacatsError": "errors",
    "InstallOptions": "workflows.install",
    "Mode": "model.environment",
    "NewEnvironment": "workflows.create",
    "NewSite": "workflows.new_site",
    "PurgeOptions": "workflows.purge",
    "SiteOptions": "workflows.claim",
    "StartOptions": "workflows.start",
    "create": "workflows.create",
    "info": "workflows.info",
    "install": "workflows.install",
    "purge": "workflows.purge",
    "start": "workflows.start",
    "stop": "workflows.stop",
    "upgrade": "workflows.upgrade",
}


def connect(env: Mapping[str, str] | None = None) -> Engine:
    """Return the Docker Engine that Docker's own tools would use; nothing is sent yet.

    ``env`` holds process variables (``DOCKER_HOST`` ...); None means this process's own.
    """
    import os  # noqa: PLC0415 - the front door costs nothing

    from datacats.engine.connect import connect_all  # noqa: PLC0415 - importing the engine takes a while

    return connect_all(os.environ if env is None else env).engine


def open_workspace(env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Workspace:
    """Return the workspace that every workflow takes: the real ports, and the data root.

    ``env`` holds process variables (``DATACATS_HOME``, ``DOCKER_HOST`` ...), None meaning this process's own; ``cwd``
    is where relative paths begin. The data root is made when there is none. Raises DiskError, ConfigError.
    """
    import os  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from datacats.engine.connect import connect_all  # noqa: PLC0415
    from datacats.workflows.workspace import Workspace  # noqa: PLC0415

    variables = dict(os.environ if env is None else env)
    return Workspace.open(connect_all(variables), variables, cwd or Path.cwd())


def __getattr__(name: str) -> object:
    import importlib  # noqa: PLC0415

    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    return found
