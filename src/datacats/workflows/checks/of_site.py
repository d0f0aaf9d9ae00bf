"""The checks that judge each site for itself: doctor makes them for all sites, status for one."""

from __future__ import annotations

from datacats.workflows.checks import (
    disk,
    index,
    limits,
    logs,
    lost,
    ports,
    queue,
    restarts,
    services,
    unfinished,
)
from datacats.workflows.checks.entry import Entry

CHECKS = (
    Entry(disk.NAME, disk.check),
    Entry(unfinished.NAME, unfinished.check),
    Entry(lost.NAME, lost.check),
    Entry(ports.NAME, ports.check, needs_engine=True),
    Entry(services.NAME, services.check, needs_engine=True),
    Entry(restarts.NAME, restarts.check, needs_engine=True),
    Entry(limits.NAME, limits.check, needs_engine=True),
    Entry(index.NAME, index.check, needs_engine=True),
    Entry(queue.NAME, queue.check, needs_engine=True),
    Entry(logs.NAME, logs.check, needs_engine=True),
)
"""What others stand on first."""
