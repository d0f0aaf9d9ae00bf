"""What the checks look at: the engine, the data root, and the host."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from datacats.model import labels
from datacats.model.names import container_name
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed
from datacats.model.ports import Ports
from datacats.workflows.checks.seen_data import SeenData, SeenSite
from datacats.workflows.checks.seen_engine import SeenEngine
from datacats.workflows.workspace import Workspace


@dataclass
class Facts:
    """One look at everything; each thing is read when a check first asks. ``uid`` is who looks, ``now`` when.

    ``reference`` names the environment in question; None means all of the data root. ``holding`` is a lock that the
    one who looks holds: it shows nobody else at work.
    """

    ports: Ports
    env: Mapping[str, str]
    cwd: Path
    reference: str | None = None
    uid: int = field(default_factory=os.geteuid)
    now: float = field(default_factory=time.time)
    holding: Path | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> Facts:
        """Return a look at what a workspace works on."""
        return cls(workspace.ports, workspace.env, workspace.cwd)

    def about(self, reference: str | None) -> Facts:
        """Return the same look at one environment."""
        return replace(self, reference=reference)

    def again(self, holding: Path | None = None) -> Facts:
        """Return the same look, to be taken anew."""
        return replace(self, now=time.time(), holding=holding)

    @cached_property
    def engine(self) -> SeenEngine:
        """What is seen of the engine."""
        return SeenEngine(self.ports.engine)

    @cached_property
    def data(self) -> SeenData:
        """What is seen of the data root."""
        return SeenData(self.ports.disk, self.env, self.cwd, self.reference, self.holding)

    @property
    def workspace(self) -> Workspace | None:
        """The workspace that is looked at; None when there is no data root yet, or it cannot be read."""
        return Workspace(self.ports, self.data.root, self.env, self.cwd) if self.data.root else None

    @property
    def ours(self) -> Observed:
        """The containers, networks and volumes that this data root has made."""
        seen = Observed(self.engine.containers, self.engine.networks, self.engine.volumes)
        return seen.of(self.data.root.uuid) if self.data.root else Observed()

    def web(self, seen: SeenSite) -> ContainerSeen | None:
        """Return the container of a site's web when it runs and is ours."""
        found = self.ours.container(container_name("web", seen.environment.name, seen.site.name))
        return found if found and found.running else None


def is_ours(seen: ContainerSeen | NetworkSeen) -> bool:
    """Whether datacats made it, in whichever data root."""
    return labels.ROOT in seen.labels
