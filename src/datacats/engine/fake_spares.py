"""The containers of a fake engine that wait for a command."""

from __future__ import annotations

from collections.abc import Sequence

from datacats.engine.fake_containers import end, taken, write
from datacats.engine.fake_world import World, refusal
from datacats.model.ports import Streams


class FakeSpares:
    """Spares in memory; what each method promises stands in ``model.ports.Spares``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def take(self, name: str, new: str) -> None:
        """Give it another name."""
        self._world.change(f"rename {name} to {new}")
        container = self._world.container(name)
        if new in self._world.containers:
            held = self._world.containers[new].id
            raise refusal(409, f'Conflict. The container name "/{new}" is already in use by container "{held}".')
        self._world.containers[new] = self._world.containers.pop(container.name)
        container.name = new

    def run(self, name: str, argv: Sequence[str], streams: Streams) -> int:
        """Ask the test's program what a command does, and end the container with it."""
        self._world.change(f"run in {name}")
        container = self._world.container(name)
        outcome = self._world.run(name, argv, taken(streams))
        write(outcome, streams)
        end(self._world, container, outcome.exit_code or 0)
        return container.exit_code
