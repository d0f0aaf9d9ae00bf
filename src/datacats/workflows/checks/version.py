"""Whether the Docker Engine is new enough, and what is known to be weak in older ones."""

from __future__ import annotations

import re

from datacats.model.finding import Finding, Severity, ok
from datacats.model.observed import EngineInfo
from datacats.workflows.checks.facts import Facts

NAME = "version"

_OLDEST_API = (1, 41)
_CLOSED_LOOPBACK = 28
_DROP = "sudo iptables -t raw -I PREROUTING ! -i lo -d 127.0.0.0/8 -j DROP"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Judge the engine's version."""
    return judge(facts.engine.info) if facts.engine.info else ()


def judge(info: EngineInfo) -> tuple[Finding, ...]:
    """Judge what an engine says of itself.

    Before 28 the engine rewrites the target of packets before the kernel can see that they came to a loopback address
    from outside.
    """
    if _numbers(info.api) < _OLDEST_API:
        return (
            Finding(
                NAME,
                Severity.ERROR,
                f"Docker Engine {info.version} is too old: it speaks API {info.api}.",
                "datacats needs API 1.41.",
                "Install Docker Engine 20.10 or newer.",
            ),
        )
    if _numbers(info.version) < (_CLOSED_LOOPBACK,) and not info.rootless:
        return (
            Finding(
                NAME,
                Severity.NOTE,
                f"Docker Engine {info.version}: machines on the same link can reach ports published on 127.0.0.1.",
                "Only Docker Engine 28 and newer drop packets that claim to be for loopback and come from outside.",
                f"Upgrade Docker, or until then (after each boot): {_DROP}",
            ),
        )
    return (ok(NAME, f"Docker Engine {info.version} has no weakness that datacats knows of."),)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
