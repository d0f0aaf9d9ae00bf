"""``script/test``: what it says at the end, and when it fails. Runs on a small project of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.script.shell import SCRIPT, bash

PASSING = "def test_one(): ...\ndef test_two(): ...\n"
FAILING = "def test_three(): assert False\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose set-up does nothing, whose linter is content, and whose type checker is not."""
    (tmp_path / "script").mkdir()
    for name in ("test", "lib.sh"):
        shutil.copy(SCRIPT / name, tmp_path / "script" / name)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for path, line in {
        tmp_path / "script" / "setup": "exit 0",
        programs / "python": f'exec {sys.executable} "$@"',
        programs / "mypy": "echo 'types are wrong'; exit 1",
    }.items():
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
    return tmp_path


def write_tests(project: Path, part: str, text: str) -> None:
    directory = project / "tests" / part
    directory.mkdir(parents=True)
    (directory / f"test_{part}.py").write_text(text)


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return bash(f'exec {project / "script" / "test"} "$@"', *words)


def test_parts_that_pass_end_with_the_sum_of_their_tests(project: Path) -> None:
    write_tests(project, "unit", PASSING)
    write_tests(project, "cli", PASSING)
    done = run(project, "unit", "cli")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "4 passed, 0 failed"


def test_a_failing_part_does_not_hide_the_next_one(project: Path) -> None:
    write_tests(project, "unit", FAILING)
    write_tests(project, "cli", PASSING)
    done = run(project, "unit", "cli")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == ["Failed: unit", "2 passed, 1 failed"]


def test_an_error_outside_a_test_counts_as_a_failure(project: Path) -> None:
    write_tests(project, "unit", "import nothing_of_that_name\n")
    done = run(project, "unit")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(
    "text", [pytest.param("", id="no test"), pytest.param("import os\nos._exit(0)\n", id="no end though all is well")]
)
def test_a_part_without_tests_or_without_an_end_fails(project: Path, text: str) -> None:
    write_tests(project, "unit", text)
    done = run(project, "unit")
    assert done.returncode == 1
    assert "Failed: unit" in done.stdout


def test_a_part_that_hangs_is_ended(project: Path) -> None:
    script = project / "script" / "test"
    script.write_text(script.read_text().replace("patience=60m", "patience=2s"))
    write_tests(project, "unit", PASSING + "import time\ndef test_hangs(): time.sleep(50)\n")
    done = run(project, "unit")
    assert done.returncode == 1
    assert "Failed: unit" in done.stdout


def test_skipped_tests_are_told(project: Path) -> None:
    write_tests(project, "unit", PASSING + "import pytest\n@pytest.mark.skip('no')\ndef test_four(): ...\n")
    done = run(project, "unit")
    assert done.stdout.splitlines()[-2:] == ["1 skipped (each with its reason above)", "2 passed, 0 failed"]


def test_a_part_that_is_no_test_fails_the_whole(project: Path) -> None:
    write_tests(project, "unit", PASSING)
    done = run(project, "types", "unit")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == ["Failed: types", "2 passed, 0 failed"]


def test_words_that_name_no_part_go_to_pytest(project: Path) -> None:
    write_tests(project, "unit", PASSING)
    assert run(project, "unit", "-k", "one").stdout.splitlines()[-1] == "1 passed, 0 failed"
