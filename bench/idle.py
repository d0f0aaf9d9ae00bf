"""What an idle development environment costs: memory per container, its spare's beside, and a share of one core."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.measure import Engine, Root
from datacats.model.derived_port import derived_port

_REST = 60.0
_MIB = 1024 * 1024


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Ask for three pages, rest a minute, read memory, rest another, read what the processors did."""
    del rounds
    return {"usual": _one(root, "bench-idle"), "--low-memory": _one(root, "bench-idle-low", "--low-memory")}


def _one(root: Root, name: str, *options: str) -> dict[str, Any]:
    root.spares = "1"
    root.run("create", name, "--no-sysadmin", *options)
    root.run("spare", name)
    for _ in range(3):
        with urllib.request.urlopen(f"http://127.0.0.1:{derived_port(name)}/") as page:
            page.read()
    time.sleep(_REST)
    (site,) = json.loads(root.run("info", name, "--json"))["result"]["sites"]
    identities = {service: _identity(f"datacats_{service}_{name}") for service in site["services"]}
    memory = {service: _memory(identity) for service, identity in identities.items()}
    spare = {} if options else {"MiB of the spare beside": _memory(_identity(f"datacats_spare_{name}"))}
    before = sum(map(_processor, identities.values()))
    time.sleep(_REST)
    used = (sum(map(_processor, identities.values())) - before) / 1e9 / _REST
    root.run("purge", name, "-y", "--delete-environment")
    return {"MiB": memory, "MiB in all": sum(memory.values()), **spare, "share of a core": used}


def _identity(name: str) -> str:
    identity: str = Engine().send("GET", f"/containers/{name}/json")["Id"]
    return identity


def _memory(identity: str) -> float:
    """The cgroup's memory less what the kernel would drop first."""
    new = _new_hierarchy(identity)
    if new is not None:
        stat = dict(line.split() for line in (new / "memory.stat").read_text().splitlines())
        return (int((new / "memory.current").read_text()) - int(stat["inactive_file"])) / _MIB
    old = Path("/sys/fs/cgroup/memory/docker") / identity
    stat = dict(line.split() for line in (old / "memory.stat").read_text().splitlines())
    return (int((old / "memory.usage_in_bytes").read_text()) - int(stat["total_inactive_file"])) / _MIB


def _processor(identity: str) -> int:
    """Nanoseconds of processor time so far."""
    new = _new_hierarchy(identity)
    if new is not None:
        return int(dict(line.split() for line in (new / "cpu.stat").read_text().splitlines())["usage_usec"]) * 1000
    return int((Path("/sys/fs/cgroup/cpuacct/docker") / identity / "cpuacct.usage").read_text())


def _new_hierarchy(identity: str) -> Path | None:
    candidates = (
        Path(f"/sys/fs/cgroup/system.slice/docker-{identity}.scope"),
        Path(f"/sys/fs/cgroup/docker/{identity}"),
    )
    return next((path for path in candidates if (path / "memory.current").exists()), None)
