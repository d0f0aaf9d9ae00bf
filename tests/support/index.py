"""A package index in memory, and the container that installs from it: what a fake engine runs for ``install``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datacats.engine.fake_world import Call, Outcome, quiet
from tests.support.desk import Desk

HASH = "sha256:" + "0" * 64


@dataclass
class Index:
    """Releases by name: version and the text of ``entry_points.txt``. ``clash`` is what the resolver complains of.

    ``built`` maps directories to the package, with one plugin, that their build makes; of others it has their own name.
    ``broken`` is what CKAN ends with, ``unlaid`` what a failed installation of the packages says.
    """

    desk: Desk
    releases: dict[str, tuple[str, str]] = field(default_factory=dict)
    clash: str = ""
    built: dict[str, str] = field(default_factory=dict)
    broken: str = ""
    unlaid: str = ""
    kept: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def add(self, name: str, version: str, **plugins: str) -> None:
        """Let a release be there."""
        lines = "".join(f"{plugin} = {target}\n" for plugin, target in plugins.items())
        self.releases[name] = (version, f"[ckan.plugins]\n{lines}" if plugins else "")

    def program(self, call: Call) -> Outcome:
        """Run what a container is told to run."""
        if not call.main or call.container.startswith("datacats_"):
            return quiet(call)
        self.ran.append(" ".join(call.command))
        if call.command[-1] == "resolve":
            return Outcome(0, json.dumps(self._resolve(json.loads(call.stdin))).encode())
        if call.command[-1] == "lay":
            if self.unlaid:
                return Outcome(1, b"", self.unlaid.encode())
            self._lay(call, json.loads(call.stdin)["packages"])
            return Outcome(0, b"{}")
        if "migrate.py" in call.command[-1] and self.broken:
            return Outcome(1, b"", self.broken.encode())
        return Outcome(0, b"a.token\n" if "make_token" in " ".join(call.command) else b"")

    def _resolve(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        if self.clash:
            return {"error": self.clash}
        names = [re.split(r"[^A-Za-z0-9._-]", each)[0] for each in (*request["asked"], *request["requires"])]
        described = {directory: self._build(directory) for directory in request["unbuilt"]}
        own = {*request["own"], *(each["name"] for each in described.values())}
        there = [name for name in names if name in self.releases and name not in own]
        lines = [f"{name}=={self.releases[name][0]} \\\n    --hash={HASH}\n" for name in there]
        return {"packages": "".join(lines), "described": described, "kept": self.kept}

    def _build(self, directory: str) -> dict[str, Any]:
        points = {"ckan.plugins": {self.built[directory].partition("-")[2]: "a:B"}} if directory in self.built else {}
        name = self.built.get(directory, directory)
        return {"name": name, "version": "1", "requires": [], "root": "", "entry_points": points}

    def _lay(self, call: Call, packages: str) -> None:
        mounts = self.desk.engine.world.container(call.container).spec.mounts
        layer = next(Path(mount.source) for mount in mounts if mount.target == "/usr/lib/extensions")
        for name, version in re.findall(r"^(\S+)==(\S+)", packages, re.MULTILINE):
            info = layer / f"{name.replace('-', '_')}-{version}.dist-info"
            self.desk.disk.add(info / "METADATA", b"")
            self.desk.disk.add(info / "entry_points.txt", self.releases[name][1].encode())
