from __future__ import annotations

from pathlib import Path

import pytest

from datacats.model.finding import Severity
from datacats.workflows.checks import memory
from tests.unit.workflows.checks.scene import Scene

MIB = 2**20


@pytest.mark.parametrize(
    ("total", "available", "severity"),
    [
        (1023, None, Severity.ERROR),
        (1024, None, Severity.WARNING),
        (2047, 2000, Severity.WARNING),
        (2048, 599, Severity.WARNING),
        (2048, 600, Severity.OK),
        (2048, None, Severity.OK),
    ],
)
def test_memory_is_judged_by_what_a_site_takes(total: int, available: int | None, severity: Severity) -> None:
    (found,) = memory.judge(total * MIB, None if available is None else available * MIB)
    assert found.severity is severity


def test_what_is_free_is_read_from_the_kernel() -> None:
    scene = Scene()
    scene.disk.add(Path("/proc/meminfo"), b"MemTotal:  8000000 kB\nMemAvailable:   102400 kB\n")
    (found,) = memory.check(scene.facts)
    assert (found.severity, found.what) == (Severity.WARNING, "Only 100 MiB of memory are free.")


def test_a_host_that_does_not_say_what_is_free_is_judged_by_the_whole() -> None:
    (found,) = memory.check(Scene().facts)
    assert found.what == "The engine has 8192 MiB of memory."
