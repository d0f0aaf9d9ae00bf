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
    from datacats.model.ports import Engine, LogQuery, Streams
    from datacats.workflows.checks.facts import Facts
    from datacats.workflows.claim import SiteOptions
    from datacats.workflows.create import NewEnvironment, create
    from datacats.workflows.database import DatabaseOf
    from datacats.workflows.database import dump as dump_database
    from datacats.workflows.database import load as load_database
    from datacats.workflows.demo.load import load as load_demo_data
    from datacats.workflows.doctor import doctor
    from datacats.workflows.info import every as environments
    from datacats.workflows.info import info
    from datacats.workflows.init import init
    from datacats.workflows.install import InstallOptions, install
    from datacats.workflows.installed import extensions_of
    from datacats.workflows.link import Linking, link, unlink
    from datacats.workflows.logs import Logs, logs
    from datacats.workflows.new_site import NewSite
    from datacats.workflows.one_off import OneOff, run
    from datacats.workflows.purge import PurgeOptions, purge
    from datacats.workflows.service import Switching, services, switch
    from datacats.workflows.start import StartOptions, start
    from datacats.workflows.status import status
    from datacats.workflows.stop import stop
    from datacats.workflows.storage import export as export_files
    from datacats.workflows.storage import import_ as import_files
    from datacats.workflows.test import Tests, run_tests
    from datacats.workflows.upgrade import upgrade
    from datacats.workflows.workspace import Workspace

__all__ = [
    "DatabaseOf",
    "DatacatsError",
    "Facts",
    "InstallOptions",
    "Linking",
    "LogQuery",
    "Logs",
    "Mode",
    "NewEnvironment",
    "NewSite",
    "OneOff",
    "PurgeOptions",
    "SiteOptions",
    "StartOptions",
    "Streams",
    "Switching",
    "Tests",
    "__version__",
    "connect",
    "create",
    "doctor",
    "dump_database",
    "environments",
    "export_files",
    "extensions_of",
    "import_files",
    "info",
    "init",
    "install",
    "link",
    "load_database",
    "load_demo_data",
    "logs",
    "open_workspace",
    "purge",
    "run",
    "run_tests",
    "services",
    "start",
    "status",
    "stop",
    "switch",
    "unlink",
    "upgrade",
]

_HOMES: Mapping[str, str] = {
    "DatabaseOf": "workflows.database",
    "DatacatsError": "errors",
    "Facts": "workflows.checks.facts",
    "InstallOptions": "workflows.install",
    "Linking": "workflows.link",
    "LogQuery": "model.ports",
    "Logs": "workflows.logs",
    "Mode": "model.environment",
    "NewEnvironment": "workflows.create",
    "NewSite": "workflows.new_site",
    "OneOff": "workflows.one_off",
    "PurgeOptions": "workflows.purge",
    "SiteOptions": "workflows.claim",
    "StartOptions": "workflows.start",
    "Streams": "model.ports",
    "Switching": "workflows.service",
    "Tests": "workflows.test",
    "create": "workflows.create",
    "doctor": "workflows.doctor",
    "dump_database": "workflows.database:dump",
    "environments": "workflows.info:every",
    "export_files": "workflows.storage:export",
    "extensions_of": "workflows.installed",
    "import_files": "workflows.storage:import_",
    "info": "workflows.info",
    "init": "workflows.init",
    "install": "workflows.install",
    "link": "workflows.link",
    "load_database": "workflows.database:load",
    "load_demo_data": "workflows.demo.load:load",
    "logs": "workflows.logs",
    "purge": "workflows.purge",
    "run": "workflows.one_off",
    "run_tests": "workflows.test",
    "services": "workflows.service",
    "start": "workflows.start",
    "status": "workflows.status",
    "stop": "workflows.stop",
    "switch": "workflows.service",
    "unlink": "workflows.link",
    "upgrade": "workflows.upgrade",
}
"""Name -> the module below ``datacats`` that has it, and what it is called there where that is another name."""


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
    module, _, there = home.partition(":")
    found: object = getattr(importlib.import_module(f"{__name__}.{module}"), there or name)
    return found
