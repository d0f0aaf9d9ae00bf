"""What the containers of every engine do and refuse, the real one's and the fake one's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from datacats.errors import AddressTaken, Conflict, ImageMissing, NameTaken, NoSuchContainer
from datacats.model.image import ImageRef
from datacats.model.observed import ContainerUsage
from datacats.model.ports import Engine, LogQuery
from datacats.model.service import Attachment, ContainerSpec, Limits, PublishedPort
from tests.contract.stage import Output, Stage, shell, wait_until


def up(stage: Stage, spec: ContainerSpec) -> str:
    """Make and start a container; return its name."""
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)
    return spec.name


def ended(stage: Stage, script: str) -> str:
    """Run a script in a container to its end; return the container's name."""
    name = up(stage, stage.spec(script))
    wait_until(lambda: stage.engine.containers.inspect(name).state == "exited", f"{script!r} ends")
    return name


def state(stage: Stage, name: str) -> str:
    return stage.engine.containers.inspect(name).state


def test_a_container_is_listed_with_what_it_was_made_from_and_its_state(stage: Stage) -> None:
    network = stage.network()
    stage.engine.networks.create(network)
    spec = stage.spec(labels={"org.datacats.service": "web"}, networks=(Attachment(network.name),))
    identity = stage.engine.containers.create(spec)

    (made,) = stage.engine.containers.list(name=spec.name)
    assert (made.id, made.name, made.image, made.state) == (identity, spec.name, str(spec.image), "created")
    assert made.labels == {"org.datacats.service": "web"}
    assert made.service == "web"
    assert made.networks == (network.name,)

    stage.engine.containers.start(spec.name)
    (running,) = stage.engine.containers.list(name=spec.name)
    assert running.running
    assert running.status.startswith("Up")


def test_a_list_holds_only_names_that_begin_so(stage: Stage) -> None:
    one, other = stage.spec(name=stage.name("a.b")), stage.spec(name=stage.name("aXb"))
    stage.engine.containers.create(one)
    stage.engine.containers.create(other)

    names = [seen.name for seen in stage.engine.containers.list(name=one.name.partition(".")[0] + ".")]
    assert names == [one.name]


def test_a_list_holds_only_containers_with_a_label_or_with_its_value(stage: Stage) -> None:
    key = stage.name("label")
    one, other, bare = (stage.spec(labels=labels) for labels in ({key: "1"}, {key: "2"}, {}))
    for spec in (one, other, bare):
        stage.engine.containers.create(spec)

    assert {seen.name for seen in stage.engine.containers.list(label=key)} == {one.name, other.name}
    assert {seen.name for seen in stage.engine.containers.list(label=f"{key}=2")} == {other.name}
    assert stage.engine.containers.list(label=f"{key}=3") == ()


def test_a_container_without_a_name_gets_one(stage: Stage) -> None:
    identity = stage.engine.containers.create(stage.spec(name="", labels={"dctest": stage.name()}))
    try:
        assert stage.engine.containers.inspect(identity).name
    finally:
        stage.engine.containers.remove(identity)


def test_a_name_that_is_taken_is_refused(stage: Stage) -> None:
    spec = stage.spec()
    stage.engine.containers.create(spec)

    with pytest.raises(NameTaken, match=spec.name):
        stage.engine.containers.create(spec)


def test_an_image_that_is_missing_is_refused(stage: Stage) -> None:
    with pytest.raises(ImageMissing, match="nosuch"):
        stage.engine.containers.create(stage.spec(image=ImageRef("datacats/nosuch", "1")))


def test_a_network_that_is_gone_is_told_at_the_latest_when_the_container_starts(stage: Stage) -> None:
    network = stage.name("net")
    with pytest.raises(NoSuchContainer, match=network):
        up(stage, stage.spec(networks=(Attachment(network),)))


GONE: dict[str, Callable[[Engine, str], object]] = {
    "start": lambda engine, name: engine.containers.start(name),
    "kill": lambda engine, name: engine.containers.kill(name, "SIGTERM"),
    "unpause": lambda engine, name: engine.containers.unpause(name),
    "inspect": lambda engine, name: engine.containers.inspect(name),
    "usage": lambda engine, name: engine.containers.usage(name),
    "execute": lambda engine, name: engine.containers.execute(name, shell("exit 0")),
    "session": lambda engine, name: engine.containers.session(name, shell("exit 0"), Output().streams),
    "logs": lambda engine, name: engine.containers.logs(name, LogQuery()),
}


@pytest.mark.parametrize("verb", GONE)
def test_a_container_that_is_gone_is_refused_by_name(stage: Stage, verb: str) -> None:
    name = stage.name("gone")
    with pytest.raises(NoSuchContainer, match=name):
        GONE[verb](stage.engine, name)


@pytest.mark.parametrize("verb", ["kill", "execute", "session"])
def test_a_container_that_does_not_run_takes_no_signal_and_no_command(stage: Stage, verb: str) -> None:
    spec = stage.spec()
    stage.engine.containers.create(spec)

    with pytest.raises(NoSuchContainer, match="is not running"):
        GONE[verb](stage.engine, spec.name)


def test_a_frozen_container_takes_no_command(stage: Stage) -> None:
    name = up(stage, stage.spec())
    stage.freeze(name)

    with pytest.raises(Conflict, match="paused"):
        stage.engine.containers.execute(name, shell("exit 0"))


def test_starting_what_runs_is_no_error(stage: Stage) -> None:
    name = up(stage, stage.spec())

    stage.engine.containers.start(name)

    assert state(stage, name) == "running"


def test_a_stopped_container_starts_again(stage: Stage) -> None:
    name = up(stage, stage.spec())
    stage.engine.containers.stop(name, 0)
    assert state(stage, name) == "exited"

    stage.engine.containers.start(name)

    assert state(stage, name) == "running"


def test_stopping_what_is_stopped_or_was_never_started_or_is_gone_is_no_error(stage: Stage) -> None:
    stopped, fresh = ended(stage, "exit 0"), stage.spec()
    stage.engine.containers.create(fresh)

    stage.engine.containers.stop(stopped, 1)
    stage.engine.containers.stop(fresh.name, 1)
    stage.engine.containers.stop(stage.name("gone"), 1)

    assert state(stage, fresh.name) == "created"


def test_a_frozen_container_goes_on_when_told_to_and_one_that_runs_just_goes_on(stage: Stage) -> None:
    name = up(stage, stage.spec())
    stage.freeze(name)
    assert state(stage, name) == "paused"

    stage.engine.containers.unpause(name)
    stage.engine.containers.unpause(name)

    assert state(stage, name) == "running"


@pytest.mark.parametrize("before", ["created", "running", "paused", "exited"])
def test_a_container_is_removed_whatever_it_does(stage: Stage, before: str) -> None:
    spec = stage.spec()
    stage.engine.containers.create(spec)
    if before != "created":
        stage.engine.containers.start(spec.name)
    if before == "paused":
        stage.freeze(spec.name)
    if before == "exited":
        stage.engine.containers.stop(spec.name, 0)
    assert state(stage, spec.name) == before

    stage.engine.containers.remove(spec.name)

    assert stage.engine.containers.list(name=spec.name) == ()


def test_removing_what_is_gone_is_no_error(stage: Stage) -> None:
    stage.engine.containers.remove(stage.name("gone"))


def test_a_killed_container_tells_by_its_status(stage: Stage) -> None:
    name = up(stage, stage.spec())

    stage.engine.containers.kill(name, "SIGKILL")

    wait_until(lambda: state(stage, name) == "exited", "the container ends")
    assert stage.engine.containers.inspect(name).exit_code == 137


@pytest.mark.parametrize("status", [0, 1, 137])
def test_an_ended_container_keeps_its_exit_status(stage: Stage, status: int) -> None:
    name = ended(stage, f"exit {status}")

    detail = stage.engine.containers.inspect(name)

    assert detail.exit_code == status
    assert not detail.out_of_memory
    assert detail.finished > "2020"


def test_a_published_port_is_listed_while_its_container_runs(stage: Stage) -> None:
    network = replace(stage.network(), internal=False)
    stage.engine.networks.create(network)
    port = PublishedPort("127.0.0.1", stage.free_port(), 80)
    name = up(stage, stage.spec(ports=(port,), networks=(Attachment(network.name),)))

    (running,) = stage.engine.containers.list(name=name)
    assert running.ports == (port,)

    stage.engine.containers.stop(name, 0)
    (stopped,) = stage.engine.containers.list(name=name)
    assert stopped.ports == ()


def test_a_port_that_another_container_publishes_is_refused_until_it_is_free(stage: Stage) -> None:
    network = replace(stage.network(), internal=False)
    stage.engine.networks.create(network)
    ports = (PublishedPort("127.0.0.1", stage.free_port(), 80),)
    first = up(stage, stage.spec(ports=ports, networks=(Attachment(network.name),)))
    second = stage.spec(ports=ports, networks=(Attachment(network.name),))

    with pytest.raises(AddressTaken, match=str(ports[0].port)):
        up(stage, second)

    stage.engine.containers.remove(first)
    stage.engine.containers.start(second.name)
    assert state(stage, second.name) == "running"


def test_a_port_that_a_process_of_the_host_holds_is_refused_until_it_is_free(stage: Stage) -> None:
    network = replace(stage.network(), internal=False)
    stage.engine.networks.create(network)
    ports = (PublishedPort("127.0.0.1", stage.take_port(), 80),)
    spec = stage.spec(ports=ports, networks=(Attachment(network.name),))

    with pytest.raises(AddressTaken, match=str(ports[0].port)):
        up(stage, spec)

    stage.free_port()
    stage.engine.containers.start(spec.name)
    assert state(stage, spec.name) == "running"


def test_what_runs_uses_memory_and_says_how_much_it_may(stage: Stage) -> None:
    name = up(stage, stage.spec(limits=Limits(memory=64)))

    for named in (name, stage.engine.containers.inspect(name).id):
        usage = stage.engine.containers.usage(named)
        assert usage.limit == 64 * 2**20
        assert 0 < usage.memory < usage.limit


def test_without_a_limit_of_its_own_it_may_use_all_that_the_engine_has(stage: Stage) -> None:
    name = up(stage, stage.spec())

    for named in (name, stage.engine.containers.inspect(name).id):
        assert stage.engine.containers.usage(named).limit == stage.engine.info().memory


@pytest.mark.parametrize("before", ["created", "exited"])
def test_what_does_not_run_uses_nothing(stage: Stage, before: str) -> None:
    spec = stage.spec()
    stage.engine.containers.create(spec)
    if before == "exited":
        stage.engine.containers.start(spec.name)
        stage.engine.containers.stop(spec.name, 0)

    assert stage.engine.containers.usage(spec.name) == ContainerUsage()


def test_a_frozen_container_still_uses_memory(stage: Stage) -> None:
    name = up(stage, stage.spec(limits=Limits(memory=64)))
    stage.freeze(name)

    assert stage.engine.containers.usage(name).memory > 0
