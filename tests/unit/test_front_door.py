"""The library's front door: its names are pinned, all of them open, and none is paid for before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import datacats

NAMES = [
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


def test_the_public_names_are_pinned() -> None:
    assert datacats.__all__ == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_opens(name: str) -> None:
    assert getattr(datacats, name) is not None


def test_a_name_that_is_none_is_refused_as_everywhere() -> None:
    with pytest.raises(AttributeError, match="no attribute 'creat'"):
        datacats.creat  # noqa: B018 - the look-up is what is tested


def test_importing_the_package_loads_nothing_else() -> None:
    program = "import sys, datacats; print(*(name for name in sys.modules if name.startswith('datacats')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert sorted(done.stdout.split()) == ["datacats", "datacats.version"]
