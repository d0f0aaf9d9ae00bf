"""Programs of the host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import DiskError
from datacats.model.ports import Completed
from tests.support.users import unprivileged


def test_a_program_tells_status_and_both_outputs() -> None:
    done = RealDisk().run(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert done == Completed(3, b"out\n", b"err\n")


def test_variables_are_added_to_those_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "kept")
    done = RealDisk().run(["sh", "-c", 'echo "$KEPT $ADDED"'], {"ADDED": "added"})
    assert done.stdout == b"kept added\n"


def test_a_program_reads_nothing_that_was_meant_for_this_process() -> None:
    script = "from datacats.engine.disk import RealDisk; print(RealDisk().run(['cat']).stdout)"
    done = subprocess.run([sys.executable, "-c", script], input=b"typed", capture_output=True, check=True)
    assert done.stdout == b"b''\n"


def test_a_missing_program_is_missing_even_with_a_closed_directory_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "closed").mkdir(0o000)
    monkeypatch.setenv("PATH", f"{tmp_path / 'closed'}:/bin")
    with unprivileged(), pytest.raises(DiskError, match=r"^The program no-such-program is not on this host\.$"):
        RealDisk().run(["no-such-program"])


def test_a_file_that_is_no_program_is_an_error_that_says_why() -> None:
    with pytest.raises(DiskError, match=r"^The program /etc/passwd cannot be run: permission denied\.$"):
        RealDisk().run(["/etc/passwd"])
