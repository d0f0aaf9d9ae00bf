"""Whether a firewall gives a wrong sense of safety: Docker's own rules come before those of ufw."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model.finding import Finding, Severity, ok
from datacats.model.ports import Disk
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "firewall"

_UFW = Path("/etc/ufw/ufw.conf")
_WHY = "Docker's own rules come before those of ufw: a published port is open whatever ufw says."


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the firewall of this host and where sites are published."""
    return judge(facts.data.sites, ufw=_runs_ufw(facts.ports.disk))


def judge(sites: Sequence[SeenSite], *, ufw: bool) -> tuple[Finding, ...]:
    """Judge sites behind ufw."""
    if not ufw:
        return (ok(NAME, "No ufw that published ports would pass by."),)
    open_ones = [seen for seen in sites if not _is_loopback(seen.site.address)]
    if not open_ones:
        return (Finding(NAME, Severity.NOTE, "ufw does not filter ports that containers publish.", _WHY),)
    return tuple(
        Finding(
            NAME,
            Severity.WARNING,
            f"Port {seen.site.port} of {seen.name} is open on {seen.site.address} although ufw runs.",
            _WHY,
            f"Where that is not meant: datacats start {seen.words} --address 127.0.0.1",
        )
        for seen in open_ones
    )


def _is_loopback(address: str) -> bool:
    with suppress(ValueError):
        return ip_address(address).is_loopback
    return address == "localhost"


def _runs_ufw(disk: Disk) -> bool:
    with suppress(DatacatsError):
        if disk.entry(_UFW):
            return b"ENABLED=yes" in disk.read(_UFW)
    return False
