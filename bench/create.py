"""Warm create against its floor, and against docker-compose, in one run."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

from bench import compose, floor
from bench.measure import PROGRAM, Root, summary, until_page
from datacats.model.derived_port import derived_port
from datacats.model.secrets import Secrets
from datacats.services import postgres


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Interleave create, floor and compose; return the seconds to the first page of each, and the ratios."""
    root.run("create", "bench-like", "--no-sysadmin")
    bare = floor.prepare(root, "bench-like")
    roles = _roles(root)
    root.run("stop", "bench-like")
    samples: dict[str, list[float]] = {"create": [], "floor": [], "compose": []}
    steps: dict[str, float] = {}
    for number in range(rounds):
        samples["create"].append(_create(root, f"bench-c{number}"))
        samples["floor"].append(bare.run(steps))
        bare.remove()
        taken, directory = compose.run(root, bare, roles)
        samples["compose"].append(taken)
        compose.remove(directory)
    root.run("purge", "bench-like", "-y", "--delete-environment")
    medians = {name: summary(each)["median"] for name, each in samples.items()}
    return {
        **{name: summary(each) for name, each in samples.items()},
        "create / floor": medians["create"] / medians["floor"],
        "create / compose": medians["create"] / medians["compose"],
        "floor / compose": medians["floor"] / medians["compose"],
        "steps of the floor": steps,
    }


def _create(root: Root, name: str) -> float:
    port = derived_port(name)
    began = time.monotonic()
    with subprocess.Popen(
        [*PROGRAM, "create", name],
        env=root.env,
        cwd=root.base,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        taken = until_page(port, began)
        process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"create {name} ended with {process.returncode}")
    url = json.loads(root.run("info", name, "--json"))["result"]["sites"][0]["url"]
    if url != f"http://127.0.0.1:{port}/":
        raise SystemExit(f"{name} answers at {url}, not on the derived port {port}")
    root.run("purge", name, "-y", "--delete-environment")
    return taken


def _roles(root: Root) -> str:
    """The SQL of a first start, with the passwords that the bench's ini files name."""
    path = root.base / "home" / "bench-like" / "sites" / "primary" / "secrets.json"
    record = json.loads(path.read_text())
    secrets = Secrets(**{key: value for key, value in record.items() if key != "layout"})
    return postgres.first_roles_sql(secrets)
