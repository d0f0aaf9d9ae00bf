"""Whether there is memory for a site."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model.finding import Finding, Severity, ok
from datacats.model.ports import Disk
from datacats.workflows.checks.facts import Facts

NAME = "memory"

_MIB = 2**20
_LEAST, _WISE = 1024 * _MIB, 2048 * _MIB
_ONE_SITE = 600 * _MIB
_WHY = "An idle site takes up to 600 MiB (450 with --low-memory), and more while it works or images are built."
_FIX = "Stop what you do not use (datacats stop NAME), and make new sites with --low-memory."


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the memory that the engine has, and what of it is free where that is this host's."""
    info = facts.engine.info
    if info is None:
        return ()
    return judge(info.memory, available(facts.ports.disk) if facts.engine.is_local else None)


def judge(total: int, free: int | None) -> tuple[Finding, ...]:
    """Judge the engine's memory in bytes; ``free`` is None where that cannot be known."""
    has = f"The engine has {total // _MIB} MiB of memory"
    if total < _LEAST:
        return (Finding(NAME, Severity.ERROR, f"{has}: not enough for a site.", _WHY, "Give the machine 2 GiB."),)
    if total < _WISE:
        return (Finding(NAME, Severity.WARNING, f"{has}: just enough for one site.", _WHY, _FIX),)
    if free is not None and free < _ONE_SITE:
        return (Finding(NAME, Severity.WARNING, f"Only {free // _MIB} MiB of memory are free.", _WHY, _FIX),)
    rest = "" if free is None else f", {free // _MIB} MiB are free"
    return (ok(NAME, f"{has}{rest}."),)


def available(disk: Disk) -> int | None:
    """Return the bytes of memory that programs of this host could still have; None where it does not say."""
    with suppress(DatacatsError):
        if found := re.search(rb"^MemAvailable:\s+(\d+) kB$", disk.read(Path("/proc/meminfo")), re.MULTILINE):
            return int(found[1]) * 1024
    return None
