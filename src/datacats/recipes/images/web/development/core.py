"""What the development server has imported before it forks: CKAN and what it stands on, never the project."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

NAMES = (
    "ckan.cli.cli",
    "ckan.config.middleware",
    "ckan.config.environment",
    "ckan.model",
    "werkzeug.debug",
    "werkzeug.serving",
)


_EDITABLE = "__editable__"
"""How the modules begin by which pip makes a directory of source importable."""


class Core:
    """The modules in the server's own memory: each child begins with them."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._more: list[str] = []
        self._loggers: set[str] | None = None

    @property
    def lacks(self) -> bool:
        """Whether there is something left to learn."""
        return bool(self._more)

    def late_loggers(self) -> set[str]:
        """Name the loggers that ``ckan run`` would make only after it has read the ini."""
        return set() if self._loggers is None else set(logging.root.manager.loggerDict) - self._loggers

    def prepare(self) -> None:
        """Import what every CKAN site uses. What cannot be imported is the child's to tell."""
        for name in NAMES:
            self._import(name)
        self._loggers = set(logging.root.manager.loggerDict)
        keep()

    def note(self, names: list[str]) -> None:
        """Note what a child imported, to learn it; nothing when memory is short and nothing was prepared."""
        if self._loggers is not None:
            self._more = [name for name in names if name not in sys.modules]

    def learn(self) -> None:
        """Import the next of what was noted."""
        self._import(self._more.pop(0))
        if not self._more:
            keep()

    def _import(self, name: str) -> None:
        with suppress(Exception), without(self._project):
            importlib.import_module(name)


@contextmanager
def without(directory: str) -> Iterator[None]:
    """Let nothing below a directory be found by an import."""
    paths, finders = sys.path[:], sys.meta_path[:]
    sys.path[:] = [path for path in paths if not f"{path}/".startswith(f"{directory}/")]
    sys.meta_path[:] = [each for each in finders if not str(getattr(each, "__module__", "")).startswith(_EDITABLE)]
    try:
        yield
    finally:
        sys.path[:], sys.meta_path[:] = paths, finders


def keep() -> None:
    """What is there now stays: the collector need not touch it, so that children share its memory."""
    gc.collect()
    gc.freeze()


def imported(project: str) -> list[str]:
    """Name what this process imported that no change of the project changes, in the order in which it was.

    An extension's code is left out wherever it lies: it may look at the configuration when it is imported. So is the
    debugger's: it has threads.
    """
    modules = [(name, str(getattr(module, "__file__", None) or "")) for name, module in list(sys.modules.items())]
    return [
        name
        for name, path in modules
        if path and not name.startswith("ckanext") and not path.startswith(f"{project}/") and "/debugpy/" not in path
    ]
