"""What the networks of every engine do and refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.errors import AddressTaken, Conflict, NameTaken, NoSuchContainer
from datacats.model.service import Attachment, NetworkSpec
from tests.contract.stage import Stage


@pytest.fixture
def network(stage: Stage) -> NetworkSpec:
    """A network that is there."""
    spec = stage.network()
    stage.engine.networks.create(spec)
    return spec


def test_a_network_is_listed_with_its_subnet_and_labels_beside_those_of_others(
    stage: Stage, network: NetworkSpec
) -> None:
    seen = {each.name: each for each in stage.engine.networks.list()}

    assert seen[network.name].subnets == (network.subnet,)
    assert seen[network.name].labels == network.labels
    assert seen["bridge"].subnets


def test_networks_are_sorted_by_name(stage: Stage, network: NetworkSpec) -> None:
    names = [each.name for each in stage.engine.networks.list()]

    assert network.name in names
    assert names == sorted(names)


def test_a_network_name_that_is_taken_is_refused(stage: Stage, network: NetworkSpec) -> None:
    with pytest.raises(NameTaken, match=network.name):
        stage.engine.networks.create(replace(network, subnet=stage.subnet()))


def test_a_subnet_that_overlaps_another_is_refused(stage: Stage, network: NetworkSpec) -> None:
    part = network.subnet.replace("/28", "/29")
    with pytest.raises(AddressTaken, match="overlaps"):
        stage.engine.networks.create(replace(network, name=stage.name("net"), subnet=part))


def test_a_removed_network_is_gone_and_removing_it_again_is_no_error(stage: Stage, network: NetworkSpec) -> None:
    stage.engine.networks.remove(network.name)
    stage.engine.networks.remove(network.name)

    assert network.name not in {each.name for each in stage.engine.networks.list()}


def test_a_network_that_running_containers_are_on_is_not_removed(stage: Stage, network: NetworkSpec) -> None:
    spec = stage.spec(networks=(Attachment(network.name),))
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)

    with pytest.raises(Conflict, match=network.name):
        stage.engine.networks.remove(network.name)

    stage.engine.containers.remove(spec.name)
    stage.engine.networks.remove(network.name)


@pytest.mark.parametrize("running", [False, True])
def test_a_container_joins_a_further_network_and_joining_again_is_no_error(
    stage: Stage, network: NetworkSpec, *, running: bool
) -> None:
    other = stage.network()
    stage.engine.networks.create(other)
    spec = stage.spec(networks=(Attachment(network.name),))
    stage.engine.containers.create(spec)
    if running:
        stage.engine.containers.start(spec.name)

    stage.engine.networks.connect(spec.name, Attachment(other.name, ("db",)))
    stage.engine.networks.connect(spec.name, Attachment(other.name, ("db",)))

    (seen,) = stage.engine.containers.list(name=spec.name)
    assert set(seen.networks) == {network.name, other.name}


def test_a_container_that_is_gone_joins_nothing(stage: Stage, network: NetworkSpec) -> None:
    gone = stage.name("gone")
    with pytest.raises(NoSuchContainer, match=gone):
        stage.engine.networks.connect(gone, Attachment(network.name))


def test_a_running_container_cannot_join_a_network_that_is_gone(stage: Stage, network: NetworkSpec) -> None:
    spec = stage.spec(networks=(Attachment(network.name),))
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)
    gone = stage.name("net")

    with pytest.raises(NoSuchContainer, match=gone):
        stage.engine.networks.connect(spec.name, Attachment(gone))


def test_a_container_leaves_a_network_and_leaving_again_is_no_error(stage: Stage, network: NetworkSpec) -> None:
    spec = stage.spec(networks=(Attachment(network.name),))
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)

    stage.engine.networks.disconnect(spec.name, network.name)
    stage.engine.networks.disconnect(spec.name, network.name)

    (seen,) = stage.engine.containers.list(name=spec.name)
    assert seen.networks == ()
    stage.engine.networks.remove(network.name)


def test_a_container_that_is_gone_is_on_no_network(stage: Stage, network: NetworkSpec) -> None:
    stage.engine.networks.disconnect(stage.name("gone"), network.name)
