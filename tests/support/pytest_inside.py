"""pytest in a container of a fake engine: what it is given, and what it leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from datacats.engine.fake_world import Call, Outcome
from datacats.model.service import ContainerSpec
from tests.support.desk import Desk
from tests.support.index import Index

STORAGE = "/var/lib/ckan"
RUN = "/run/datacats"


@dataclass
class Pytest:
    """Ends with ``status`` for each CKAN version (0 for others), and reports unless that is a kill."""

    index: Index
    status: dict[str, int] = field(default_factory=dict)
    interrupted: bool = False
    specs: list[ContainerSpec] = field(default_factory=list)
    private: list[dict[str, str]] = field(default_factory=list)
    beside: list[list[str]] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return self.index.desk

    @property
    def spec(self) -> ContainerSpec:
        """What the last one was run from."""
        return self.specs[-1]

    @property
    def words(self) -> list[str]:
        """The words after those that every run has."""
        command = list(self.spec.command)
        assert command[:6] == ["python", "-m", "pytest", "-p", "datacats_report", "--ckan-ini=/run/datacats/ckan.ini"]
        return command[6:]

    def mounted(self, target: str) -> Path:
        """What the last one saw at a path."""
        return Path(next(each.source for each in self.spec.mounts if each.target == target))

    def program(self, call: Call) -> Outcome:
        """Run what a container is told to run."""
        if "pytest" not in call.command:
            return self.index.program(call)
        world, disk = self.desk.engine.world, self.desk.disk
        self.specs.append(world.container(call.container).spec)
        place = self.mounted(RUN)
        self.private.append({name: disk.read(place / name).decode() for name in disk.names(place)})
        self.beside.append(sorted(world.containers))
        if self.interrupted:
            raise KeyboardInterrupt
        version = self.spec.image.version
        status = self.status.get(version, 0)
        if status != 137:
            told = {"layout": 1, "ckan_version": version, "counts": {"passed": 3, "failed": int(status == 1)}}
            disk.add(self.mounted(STORAGE) / "datacats-report.json", json.dumps(told).encode())
        return Outcome(status, b"3 passed\n")
