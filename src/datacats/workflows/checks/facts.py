"""What the checks look at: the engine, the data root, and the host."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from datacats.model import labels
from datacats.model.environment import Phase
from datacats.model.names import container_name
from datacats.model.observed import ContainerSeen, NetworkSeen, Observed
from datacats.model.ports import Ports
from datacats.workflows.checks import seen_services
from datacats.workflows.checks.seen_data import SeenData, SeenSite
from datacats.workflows.checks.seen_engine import SeenEngine
from datacats.workflows.checks.seen_services import SeenService
from datacats.workflows.workspace import Workspace


@dataclass
class Facts:
    """One look at everything; each thing is read when a check first asks. ``uid`` is who looks, ``now`` when.

    ``reference`` names the environment in question; None means all of the data root; ``site`` likewise one of its
    sites. ``holding`` is a lock that the one who looks holds: it shows nobody else at work.
    """

    ports: Ports
    env: Mapping[str, str]
    cwd: Path
    reference: str | None = None
    uid: int = field(default_factory=os.geteuid)
    now: float = field(default_factory=time.time)
    holding: Path | None = None
    site: str | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> Facts:
        """Return a look at what a workspace works on."""
        return cls(workspace.ports, workspace.env, workspace.cwd)

    def about(self, reference: str | None, site: str | None = None) -> Facts:
        """Return the same look at one environment, or at one site of it."""
        return replace(self, reference=reference, site=site)

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
        return SeenData(self.ports.disk, self.env, self.cwd, self.reference, self.holding, self.site)

    @cached_property
    def services(self) -> tuple[SeenService, ...]:
        """The services that complete sites should have, asked how they are; none where the engine cannot be used."""
        if self.engine.info is None:
            return ()
        complete = [each for each in self.data.sites if each.site.phase is Phase.CREATED]
        return seen_services.look(self.ports, complete, self.containers, self.now)

    @property
    def containers(self) -> tuple[ContainerSeen, ...]:
        """The containers that this data root has made."""
        root = self.data.root
        return tuple(each for each in self.engine.containers if root and each.labels.get(labels.ROOT) == root.uuid)

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
