"""The floor of a warm create: the same engine calls in the best order, from a bare script."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.measure import SOCKET, Engine, Root, until_page
from datacats.engine import body
from datacats.engine.connect import connect_all
from datacats.model.names import BESIDE_WEB
from datacats.model.service import ContainerSpec, NetworkSpec
from datacats.services import files, postgres
from datacats.services.describe import describe
from datacats.store import site_file
from datacats.workflows.workspace import Workspace

_PARTS = ("postgres", "solr", "files")
_EMPTY = ("redis",)


@dataclass
class Floor:
    """All that is known before the clock starts: bodies of requests, texts of files, the template."""

    template: Path
    layers: Path
    data: Path
    site: Path
    owner: tuple[int, int]
    port: int
    networks: list[dict[str, Any]]
    containers: dict[str, dict[str, Any]]
    back: str
    texts: dict[Path, bytes]
    sql: tuple[list[str], str]

    def run(self, mark: dict[str, float] | None = None) -> float:
        """Do it, and return the seconds to the first page; ``mark`` gets the moment of each step."""
        began = time.monotonic()

        def note(step: str) -> None:
            if mark is not None:
                mark[step] = time.monotonic() - began

        engine = Engine()
        self._place()
        note("template cloned")
        for network in self.networks:
            engine.send("POST", "/networks/create", network)
        note("networks")
        for name, container in self.containers.items():
            engine.send("POST", f"/containers/create?name={name}", container)
        for name in self.containers:
            if "_web_" in name:
                self._execute()
                engine.send("POST", f"/networks/{self.back}/connect", {"Container": name})
            engine.send("POST", f"/containers/{name}/start")
            note(name.split("_")[1])
        return until_page(self.port, began)

    def _place(self) -> None:
        self.site.mkdir(parents=True)
        subprocess.run(["cp", "-a", str(self.layers), str(self.data / "layers")], check=True)
        for part in _PARTS:
            subprocess.run(["cp", "-a", str(self.template / part), str(self.site / part)], check=True)
        for path, text in self.texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        for part in _EMPTY:
            (self.site / part).mkdir()
        subprocess.run(["chown", "-R", "{}:{}".format(*self.owner), str(self.data)], check=True)

    def _execute(self) -> None:
        command, sql = self.sql
        name = next(name for name in self.containers if "_postgres_" in name)
        options = {"AttachStdin": True, "AttachStdout": True, "AttachStderr": True, "Cmd": command}
        identity = Engine().send("POST", f"/containers/{name}/exec", options)["Id"]
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(SOCKET)
            text = json.dumps({"Detach": False, "Tty": False})
            raw.sendall(
                f"POST /v1.41/exec/{identity}/start HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
            )
            answer = b""
            while b"\r\n\r\n" not in answer:  # the engine takes an input that ends before its answer for a hang-up
                answer += raw.recv(65536)
            raw.sendall(sql.encode())
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(65536):
                pass

    def remove(self) -> None:
        """Remove what a run made."""
        engine = Engine()
        for name in reversed(self.containers):
            engine.send("DELETE", f"/containers/{name}?force=true")
        for network in self.networks:
            engine.send("DELETE", f"/networks/{network['Name']}")
        shutil.rmtree(self.data)


def prepare(root: Root, like: str) -> Floor:
    """Describe a site like the environment ``like``, under other names and on another port."""
    workspace = Workspace.open(connect_all(root.env), root.env, root.base)
    model = workspace.context(workspace.find(like), "primary")
    environment = replace(model.environment, name="bench-floor", data=root.base / "home" / "bench-floor")
    site = replace(model.site, port=model.site.port + 1, subnets=("10.222.0.0/27", "10.222.0.32/27"))
    context = replace(model, environment=environment, site=site)
    secrets = site_file.read_secrets(workspace.ports.disk, model.environment, "primary")
    choices = (model.environment.source / "ckan.ini").read_bytes()
    desired = describe(context, secrets, "floor")
    password = postgres.passwords(context, secrets, cause="")
    (template,) = (path for path in workspace.root.templates.iterdir() if path.suffix != ".making")
    return Floor(
        template=template,
        layers=model.environment.data / "layers",
        data=environment.data,
        site=context.directory,
        owner=(context.host.uid, context.host.gid),
        port=site.port,
        networks=[body.network(_marked(each, root)) for each in desired.networks],
        containers={
            each.container.name: body.container(_marked(each.container, root))
            for each in desired.services
            if each.service not in BESIDE_WEB
        },
        back=desired.networks[1].name,
        texts=files.run_files(context, secrets, choices),
        sql=(list(password.command), password.sql),
    )


def _marked(spec: Any, root: Root) -> Any:
    found: ContainerSpec | NetworkSpec = replace(spec, labels={**spec.labels, "org.datacats.bench": str(root.base)})
    return found
