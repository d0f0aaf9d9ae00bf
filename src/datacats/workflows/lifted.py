"""Which of CKAN's pins the overrides of an environment lift: whoever lifts one must be told."""

from __future__ import annotations

from collections.abc import Iterator

from datacats import recipes
from datacats.model.environment import Environment
from datacats.model.extension import Lifted, Lock
from datacats.store import lock_file
from datacats.workflows import plugins


def lifted(environment: Environment, lock: Lock) -> tuple[Lifted, ...]:
    """Return the pins that gave way to what a lock has; an override that nothing makes use of lifts none."""
    return tuple(_lifted(environment, lock))


def _lifted(environment: Environment, lock: Lock) -> Iterator[Lifted]:
    known = recipes.pins(lock.ckan)
    installed = lock_file.versions(lock.packages)
    for name in sorted({plugins.name_of(each, lock.packages) for each in environment.overrides}):
        pin = "" if known is None else known.get(name)
        if name in installed and pin is not None and pin != installed[name]:
            yield Lifted(name, pin, installed[name])
