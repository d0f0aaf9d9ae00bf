"""Programs of a host that has just those that a test lets it have."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence

from datacats.engine.disk_errors import no_program, system_error
from datacats.model.ports import Completed


class FakePrograms:
    """The programs of a FakeDisk.

    ``programs`` says how a program ends, by its name; one without an entry is not on this host. ``ran`` tells the
    programs that ran, ``launched`` those that were started to go on by themselves.
    """

    def __init__(self) -> None:
        self.programs: dict[str, Completed] = {}
        self.ran: list[tuple[str, ...]] = []
        self.launched: list[tuple[str, ...]] = []

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Completed:
        """Return how ``programs`` says that this one ends."""
        del env
        if command[0] not in self.programs:
            raise no_program(command[0], system_error(errno.ENOENT))
        self.ran.append(tuple(command))
        return self.programs[command[0]]

    def launch(self, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Keep what would be started."""
        del env
        self.launched.append(tuple(command))
