"""``test`` on real CKAN: an extension's own tests, and what is left however they end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from datacats.model import labels
from tests.e2e.archives import unpacked
from tests.e2e.installation import Installation

PROJECT = """\
[project]
name = "ckanext-paw"
version = "0.1"
[project.optional-dependencies]
test = ["pytest-cov"]
[project.entry-points."ckan.plugins"]
paw = "ckanext.paw.plugin:Paw"
"""
PLUGIN = """\
import ckan.plugins as p

class Paw(p.SingletonPlugin):
    p.implements(p.ITemplateHelpers)

    def get_helpers(self):
        return {"paw": lambda: "soft"}
"""
TESTS = """\
import pathlib, time
import ckan.plugins.toolkit as tk
import pytest
from ckan.tests import factories, helpers

@pytest.mark.usefixtures("with_plugins")
def test_helper():
    assert tk.h.paw() == "soft"

@pytest.mark.usefixtures("clean_db", "clean_index")
def test_written_and_found():
    factories.Dataset(title="Whiskers")
    assert helpers.call_action("package_search", q="whiskers")["count"] == 1

@pytest.mark.usefixtures("with_plugins")
def test_fails():
    assert tk.h.paw() == "sharp"

def test_long():
    pathlib.Path("began").touch()
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def paw(installation: Installation) -> Path:
    """An extension in a repository of its own, of the same user as the environments."""
    directory = installation.work / "ckanext-paw"
    package = directory / "ckanext" / "paw"
    (package / "tests").mkdir(parents=True)
    texts = {
        directory / "pyproject.toml": PROJECT,
        directory / "test.ini": "[app:main]\nuse = config:../ckan/test-core.ini\nckan.plugins = paw\n",
        package.parent / "__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
        package / "__init__.py": "",
        package / "plugin.py": PLUGIN,
        package / "tests" / "__init__.py": "",
        package / "tests" / "test_paw.py": TESTS,
    }
    for path, text in texts.items():
        path.write_text(text)
    if os.geteuid() == 0:
        for each in (directory, *directory.rglob("*")):
            os.chown(each, 1000, 1000)
    return directory


def ours(engine: docker.APIClient, installation: Installation) -> list[dict[str, Any]]:
    """What the engine holds of runs of tests."""
    chosen = {"label": [f"{labels.HOME}={installation.home}", f"{labels.ENVIRONMENT}=_tests"]}
    return [*engine.containers(all=True, filters=chosen), *engine.networks(filters=chosen)]


def runs(installation: Installation) -> list[Path]:
    """The directories of runs."""
    return list(installation.home.glob("_tests-*/sites/*"))


def test_tests_run_and_fail_as_they_should_and_their_files_are_the_callers(
    installation: Installation, engine: docker.APIClient, paw: Path
) -> None:
    words = ("--deselect", "ckanext/paw/tests/test_paw.py::test_long", "--junitxml=report.xml", "--cov=ckanext.paw")
    done = installation.run("test", "--", *words, cwd=paw, status=1)
    said = done.stdout.decode()
    assert "ckan_version: 2.12" in said
    assert "1 failed, 2 passed" in said
    report = (paw / "report.xml").read_text()
    assert [report.count(word) for word in ("<testcase ", "<failure ", 'name="test_written_and_found"')] == [3, 1, 1]
    assert {(paw / name).stat().st_uid for name in ("report.xml", ".coverage")} == {paw.stat().st_uid}
    assert (ours(engine, installation), runs(installation)) == ([], [])


@pytest.fixture
def long_test(installation: Installation, paw: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run in the middle of a test."""
    mark = paw / "began"
    mark.unlink(missing_ok=True)
    process = installation.start("test", "--", "-k", "long", cwd=paw)
    until(mark.exists, process)
    yield process
    process.kill()
    process.communicate()


def until(there: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for something while a process runs."""
    deadline = time.monotonic() + 300
    while not there():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_interrupt_ends_pytest_in_order_and_leaves_nothing(
    installation: Installation, engine: docker.APIClient, long_test: subprocess.Popen[bytes]
) -> None:
    long_test.send_signal(signal.SIGINT)
    said, _ = long_test.communicate(timeout=120)
    assert (long_test.returncode, b"KeyboardInterrupt" in said) == (2, True)
    assert (ours(engine, installation), runs(installation)) == ([], [])


def test_a_container_that_is_killed_is_told_and_is_status_137(
    installation: Installation, engine: docker.APIClient, long_test: subprocess.Popen[bytes]
) -> None:
    (container,) = [each for each in ours(engine, installation) if each.get("Labels", {}).get(labels.ONE_OFF) == "test"]
    engine.kill(container["Id"], "SIGKILL")
    _, told = long_test.communicate(timeout=120)
    assert (long_test.returncode, b"The container was killed" in told) == (137, True)
    assert (ours(engine, installation), runs(installation)) == ([], [])


def test_what_is_left_of_a_datacats_that_was_killed_goes_with_doctor(
    installation: Installation, engine: docker.APIClient, long_test: subprocess.Popen[bytes]
) -> None:
    long_test.kill()
    long_test.communicate()
    assert len(ours(engine, installation)) == 6
    installation.run("doctor", "--fix")
    assert (ours(engine, installation), runs(installation)) == ([], [])


def test_the_tests_of_ckanext_scheming_from_its_source_archive_pass(installation: Installation) -> None:
    """Some of them, for the sake of time: the one of all that cannot pass here asks a server far away."""
    directory = unpacked("ckanext-scheming==3.1.0", installation.work)
    chosen = ("test_dataset_display.py", "test_dataset_logic.py", "test_helpers.py")
    said = installation.text("test", "--", *(f"ckanext/scheming/tests/{each}" for each in chosen), cwd=directory)
    assert int(re.findall(r"(\d+) passed", said)[-1]) > 20


def test_one_extensions_tests_run_on_each_ckan_and_end_in_a_table(installation: Installation) -> None:
    directory = unpacked("ckanext-envvars==0.0.6", installation.work)
    said = installation.text("test", "--ckan", "2.11,2.12", cwd=directory)
    head, *rows = said.splitlines()[-3:]
    assert head.split() == ["CKAN", "ckan_version", "passed", "failed", "errors", "skipped", "seconds", "status"]
    table = [row.split() for row in rows]
    assert [each[0] == each[1] for each in table] == [True, True]
    assert [each[0].rpartition(".")[0] for each in table] == ["2.11", "2.12"]
    assert [(each[2] != "0", each[3], each[4], each[7]) for each in table] == [(True, "0", "0", "0")] * 2


def test_chosen_tests_of_ckan_itself_run(installation: Installation) -> None:
    assert "45 passed" in installation.text("test", "--ckan-core", "lib/test_munge.py")
