"""An engine in memory, for tests: it behaves and refuses as the real one does, and one suite of tests runs on both.

What it cannot know is told to it: ``program`` says what commands do, ``registry`` what can be pulled, ``taken`` which
ports of the host are in use, ``failures`` which calls fail. ``mutations`` records every call that could change
something, in words.
"""

from __future__ import annotations

from functools import cached_property

from datacats.engine.fake_containers import FakeContainers
from datacats.engine.fake_images import FakeImages
from datacats.engine.fake_networks import FakeNetworks
from datacats.engine.fake_spares import FakeSpares
from datacats.engine.fake_volumes import FakeVolumes
from datacats.engine.fake_world import MEMORY, Call, Outcome, World
from datacats.model.observed import EngineInfo

__all__ = ["Call", "FakeEngine", "Outcome"]


class FakeEngine:
    """A Docker Engine that nothing runs in. Its state is open to tests: ``world``."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.host = "127.0.0.1"
        self.address = "/run/fake.sock (given)"

    @property
    def mutations(self) -> list[str]:
        """Every call that could change something, in words: ``start datacats_web_x``."""
        return self.world.mutations

    @cached_property
    def containers(self) -> FakeContainers:
        """Its containers."""
        return FakeContainers(self.world)

    @cached_property
    def spares(self) -> FakeSpares:
        """Its containers that wait for a command."""
        return FakeSpares(self.world)

    @cached_property
    def networks(self) -> FakeNetworks:
        """Its networks."""
        return FakeNetworks(self.world)

    @cached_property
    def volumes(self) -> FakeVolumes:
        """Its volumes."""
        return FakeVolumes(self.world)

    @cached_property
    def images(self) -> FakeImages:
        """Its images."""
        return FakeImages(self.world)

    def info(self) -> EngineInfo:
        """Return the engine as it describes itself."""
        self.world.ask("info")
        return EngineInfo(
            version="20.10.24",
            api="1.41",
            architecture="amd64",
            operating_system="Debian GNU/Linux 12 (bookworm)",
            memory=MEMORY,
            cpus=2,
            root="/var/lib/docker",
            security=self.world.security,
            identity=self.world.identifier,
        )
