"""Have one spare one-off container of a site, or none."""

from __future__ import annotations

from collections.abc import Iterator

from datacats.errors import NameTaken
from datacats.model import labels
from datacats.model.observed import ContainerSeen, Observed
from datacats.model.plan import ConnectNetwork, CreateContainer, Operation, Plan, RemoveContainer, StartContainer
from datacats.model.service import ContainerSpec


def refresh(spec: ContainerSpec | None, name: str, observed: Observed) -> Plan:
    """Plan to have the spare that a description asks for; None asks for none. Raises NameTaken for a stranger's."""
    seen = observed.container(name)
    if seen is not None and labels.ONE_OFF not in seen.labels:
        raise NameTaken(f"{name} is not ours.", f"Rename it: docker rename {name} another-name")
    if spec is not None and seen is not None and seen.runs_as(spec):
        return Plan()
    return Plan.of([*_remove(spec, seen), *_create(spec)])


def _remove(spec: ContainerSpec | None, seen: ContainerSeen | None) -> Iterator[Operation]:
    if seen is not None:
        reason = "not wanted" if spec is None else "its definition changed" if seen.running else "half made"
        yield RemoveContainer(seen.name, cause=reason)


def _create(spec: ContainerSpec | None) -> Iterator[Operation]:
    if spec is not None:
        cause = "the next command is to find CKAN ready"
        yield CreateContainer(spec, cause=cause)
        for attachment in spec.networks[1:]:
            yield ConnectNetwork(spec.name, attachment, cause=cause)
        yield StartContainer(spec.name, cause=cause)
