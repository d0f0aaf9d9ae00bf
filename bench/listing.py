"""``list`` over many real environments: one request for containers, and a slope per environment."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.support.proxy import EngineProxy

from bench.measure import PROGRAM, SOCKET, Engine, Root, seconds, summary
from datacats.engine import body
from datacats.engine.connect import connect_all
from datacats.model import labels
from datacats.model.environment import Environment, Phase, SiteContext
from datacats.model.secrets import Secrets
from datacats.services.describe import describe
from datacats.store import environment_file, locate, site_file
from datacats.workflows.workspace import Workspace

_ENVIRONMENTS = 100


def measure(root: Root, rounds: int) -> dict[str, Any]:
    """Make never-started containers of many environments, and time ``list`` and its request, with one and all."""
    root.run("create", "bench-first", "--image-only")
    workspace = Workspace.open(connect_all(root.env), root.env, root.base)
    model = workspace.context(workspace.find("bench-first"), "primary")
    few = [seconds(*PROGRAM, "list", env=root.env) for _ in range(rounds)]
    few_asked = [_ask(workspace.root.uuid) for _ in range(rounds)]
    began = time.monotonic()
    for number in range(_ENVIRONMENTS - 1):
        _make(root, workspace, model, number)
    made = time.monotonic() - began
    many = [seconds(*PROGRAM, "list", env=root.env) for _ in range(rounds)]
    many_asked = [_ask(workspace.root.uuid) for _ in range(rounds)]
    docker = [seconds("docker", "ps", "-a") for _ in range(rounds)]
    return {
        "list of 1": summary(few),
        f"list of {_ENVIRONMENTS}": summary(many),
        "docker ps -a": summary(docker),
        "milliseconds per environment": _slope(few, many),
        "of which the engine's, to one bare request": _slope(few_asked, many_asked),
        "requests": _requests(root),
        "seconds to make them": made,
    }


def _slope(few: list[float], many: list[float]) -> float:
    return float(summary(many)["median"] - summary(few)["median"]) / (_ENVIRONMENTS - 1) * 1000


def _ask(root: str) -> float:
    """Return how long the engine takes to list the containers of a data root."""
    chosen = quote(json.dumps({"label": [f"{labels.ROOT}={root}"]}))
    began = time.perf_counter()
    Engine().send("GET", f"/containers/json?all=1&filters={chosen}")
    return time.perf_counter() - began


def _make(root: Root, workspace: Workspace, model: SiteContext, number: int) -> None:
    name = f"bench-l{number}"
    owner = (model.host.uid, model.host.gid)
    source = root.base / name
    source.mkdir()
    (source / environment_file.NAME).write_bytes(environment_file.new(name, "2.12"))
    environment = Environment(name, source, workspace.root.environment(name), workspace.root.uuid, "2.12")
    subnets = (f"10.223.{number}.0/27", f"10.223.{number}.32/27")
    site = replace(model.site, port=7000 + number, subnets=subnets, phase=Phase.CREATED)
    context = SiteContext(environment, site, model.host)
    for part in ("postgres", "solr", "redis", "files", "mail", "run/web", "run/redis"):
        (context.directory / part).mkdir(parents=True)
    locate.record_source(workspace.ports.disk, environment, owner)
    site_file.write(workspace.ports.disk, environment, site, owner)
    engine = Engine()
    desired = describe(context, Secrets.fresh(), "bench")
    for network in desired.networks:
        engine.send("POST", "/networks/create", body.network(network))
    for service in desired.services:
        spec = service.container.labelled()
        engine.send("POST", f"/containers/create?name={spec.name}", body.container(spec))


def _requests(root: Root) -> list[str]:
    with EngineProxy(root.base / "proxy.sock", Path(SOCKET)).open() as proxy:
        seconds(*PROGRAM, "list", env={**root.env, "DOCKER_HOST": proxy.address})
        return [str(request) for request in proxy.requests]
