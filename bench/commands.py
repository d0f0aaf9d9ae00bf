"""A `ckan` command in a spare container, against the same command in web, in a new container, and against nothing."""

from __future__ import annotations

import json
import time
from typing import Any

from bench.measure import PROGRAM, Engine, Root, seconds, summary

_LIMIT = 120.0
_WORDS = ("ckan", "db", "version")


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Interleave all four; before each warm one a spare is waited for, and it is looked at whether that was used."""
    root.spares = "1"
    name = "bench-spare"
    root.run("create", name, "--no-sysadmin")
    web = f"datacats_web_{name}"
    new = _docker_run(web)
    samples: dict[str, list[float]] = {"spare": [], "docker exec": [], "docker run": [], "docker exec true": []}
    for _ in range(rounds):
        before = _spare(name)
        samples["spare"].append(seconds(*PROGRAM, "ckan", "-e", name, *_WORDS[1:], env=root.env))
        samples["docker exec true"].append(seconds("docker", "exec", web, "true"))
        if _spare(name) == before:
            raise SystemExit("the spare was not used")
        samples["docker exec"].append(seconds("docker", "exec", web, *_WORDS))
        samples["docker run"].append(seconds(*new))
    memory = Engine().send("GET", f"/containers/{_spare(name)}/stats?stream=false")["memory_stats"]
    root.run("purge", name, "-y", "--delete-environment")
    found = {key: summary(each) for key, each in samples.items()}
    ours = found["spare"]["median"]
    ratios = {f"spare / {key}": ours / found[key]["median"] for key in samples if key != "spare"}
    return {**found, **ratios, "MiB of a spare that waits": memory["usage"] / 2**20}


def _spare(name: str) -> str:
    """Wait until a spare has CKAN imported and uses no processor any more; return its id."""
    end = time.monotonic() + _LIMIT
    used: tuple[str, int] = ("", 0)
    while time.monotonic() < end:
        filters = json.dumps({"name": [f"^/datacats_spare_{name}$"], "status": ["running"]})
        there = Engine().send("GET", f"/containers/json?filters={filters}".replace('"', "%22").replace(" ", ""))
        if there:
            identity: str = there[0]["Id"]
            stats = Engine().send("GET", f"/containers/{identity}/stats?stream=false&one-shot=true")
            now = stats["cpu_stats"]["cpu_usage"]["total_usage"]
            if used == (identity, now) and now > 3 * 10**8:
                return identity
            used = (identity, now)
        time.sleep(0.5)
    raise SystemExit(f"{name} has no spare")


def _docker_run(web: str) -> tuple[str, ...]:
    """The command line of a container like web's that is made for one command."""
    told = Engine().send("GET", f"/containers/{web}/json")
    mounts = [
        word
        for each in told["Mounts"]
        for word in ("-v", f"{each['Source']}:{each['Destination']}:{'rw' if each['RW'] else 'ro'}")
    ]
    network = next(each for each in told["NetworkSettings"]["Networks"] if each.startswith("datacats_back_"))
    options = ("--rm", "--network", network, "-u", told["Config"]["User"], "--read-only", "--tmpfs", "/tmp")  # noqa: S108 - a path in the container
    return ("docker", "run", *options, *mounts, told["Config"]["Image"], *_WORDS)
