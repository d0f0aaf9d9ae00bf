"""Programs of the host."""

from __future__ import annotations

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import DiskError
from datacats.model.ports import Completed


def test_a_program_tells_status_and_both_outputs() -> None:
    done = RealDisk().run(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert done == Completed(3, b"out\n", b"err\n")


def test_variables_are_added_to_those_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "kept")
    done = RealDisk().run(["sh", "-c", 'echo "$KEPT $ADDED"'], {"ADDED": "added"})
    assert done.stdout == b"kept added\n"


def test_a_program_reads_nothing_from_this_process() -> None:
    assert RealDisk().run(["cat"]) == Completed(0)


def test_a_file_that_is_no_program_is_an_error_that_says_why() -> None:
    with pytest.raises(DiskError, match=r"^The program /etc/passwd cannot be run: permission denied\.$"):
        RealDisk().run(["/etc/passwd"])
