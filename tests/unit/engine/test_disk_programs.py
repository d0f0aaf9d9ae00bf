"""Programs of the host."""

from __future__ import annotations

import os
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


def test_a_program_that_was_launched_goes_on_by_itself_with_only_its_own_variables(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    script = "import sys; from datacats.engine.disk import RealDisk; RealDisk().launch(sys.argv[1:], {'GIVEN': 'x'})"
    words = ["sh", "-c", f"cat; echo out; echo err >&2; sleep 0.3; env > {told}"]
    done = subprocess.run([sys.executable, "-c", script, *words], input=b"typed", capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    said = told.read_text().splitlines()
    assert "GIVEN=x" in said
    assert not any(line.startswith("HOME=") for line in said)


def test_a_launched_program_that_is_missing_is_nobodys_concern() -> None:
    RealDisk().launch(["/no/such/program"], {})


def test_a_file_that_is_no_program_is_an_error_that_says_why() -> None:
    with pytest.raises(DiskError, match=r"^The program /etc/passwd cannot be run: permission denied\.$"):
        RealDisk().run(["/etc/passwd"])
