"""Reload to the next page, against a bare new web container's own start."""

from __future__ import annotations

import subprocess
import time
from typing import Any

from bench import floor
from bench.measure import PROGRAM, Engine, Root, summary, until_page


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Interleave both; the clock of reload stops at the first page of the new container."""
    root.run("create", "bench-reload", "--no-sysadmin")
    bare = floor.prepare(root, "bench-reload")
    bare.run()
    samples: dict[str, list[float]] = {"reload": [], "bare": []}
    for _ in range(rounds):
        samples["reload"].append(_reload(root))
        samples["bare"].append(_bare(bare))
    bare.remove()
    root.run("purge", "bench-reload", "-y", "--delete-environment")
    found = {name: summary(each) for name, each in samples.items()}
    return {**found, "reload / bare": found["reload"]["median"] / found["bare"]["median"]}


def _reload(root: Root) -> float:
    """Reload answers only when the new container has served its first page."""
    began = time.monotonic()
    subprocess.run(
        [*PROGRAM, "reload", "bench-reload"],
        env=root.env,
        cwd=root.base,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return time.monotonic() - began


def _bare(bare: floor.Floor) -> float:
    name = next(name for name in bare.containers if "_web_" in name)
    engine = Engine()
    engine.send("DELETE", f"/containers/{name}?force=true")
    began = time.monotonic()
    engine.send("POST", f"/containers/create?name={name}", bare.containers[name])
    engine.send("POST", f"/networks/{bare.back}/connect", {"Container": name})
    engine.send("POST", f"/containers/{name}/start")
    return until_page(bare.port, began)
