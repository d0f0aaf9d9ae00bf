"""What commands in containers give back, in every engine: status, both outputs, and all of their input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.errors import AddressTaken, ImageMissing, NameTaken, NoSuchContainer
from datacats.model.image import ImageRef
from datacats.model.service import Attachment, PublishedPort
from tests.contract.stage import WAIT, Output, Stage, shell, wait_until

MEGABYTE = bytes(range(256)) * 4096
SEPARATE = "echo out; echo err >&2; exit 3"


_SPARE = (
    "read -r head",
    'nonce=${head##*nonce\\": \\"}',
    'nonce=${nonce%%\\"*}',
    'argv=${head#*argv\\": [\\"}',
    '(eval "${argv%%\\"*}")',
    "status=$?",
    "printf %s%03d $nonce $status",
    "printf %s%03d $nonce $status >&2",
    "exit $status",
    WAIT,
)
SPARE = "; ".join(_SPARE)
"""What a spare container's program does, for one word as its command."""


@pytest.fixture
def waiting(stage: Stage) -> str:
    """A container that waits for a command."""
    spec = stage.spec(SPARE, stdin_open=True, auto_remove=True)
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)
    return spec.name


@pytest.fixture
def box(stage: Stage) -> str:
    """A container that runs."""
    spec = stage.spec()
    stage.engine.containers.create(spec)
    stage.engine.containers.start(spec.name)
    return spec.name


@pytest.mark.parametrize("status", [0, 1, 137])
def test_an_executed_command_gives_its_exit_status(stage: Stage, box: str, status: int) -> None:
    assert stage.engine.containers.execute(box, shell(f"exit {status}")).exit_code == status


def test_an_executed_command_gives_its_outputs_apart(stage: Stage, box: str) -> None:
    done = stage.engine.containers.execute(box, shell(SEPARATE))

    assert (done.exit_code, done.stdout, done.stderr) == (3, b"out\n", b"err\n")


def test_an_executed_command_reads_all_of_its_input_unchanged(stage: Stage, box: str) -> None:
    assert stage.engine.containers.execute(box, shell("cat"), MEGABYTE).stdout == MEGABYTE


def test_a_session_gives_its_exit_status_and_its_outputs_apart(stage: Stage, box: str) -> None:
    output = Output()

    status = stage.engine.containers.session(box, shell(SEPARATE), output.streams)

    assert (status, output.stdout, output.stderr) == (3, b"out\n", b"err\n")


def test_a_session_tells_how_much_it_read_and_how_much_it_wrote(stage: Stage, box: str) -> None:
    moved: list[int] = []
    streams = replace(Output(b"content").streams, moved=moved.append)

    assert stage.engine.containers.session(box, shell("cat"), streams) == 0

    assert sum(moved) == 2 * len(b"content")


def test_a_session_reads_all_of_its_input_unchanged(stage: Stage, box: str) -> None:
    output = Output(MEGABYTE)

    assert stage.engine.containers.session(box, shell("cat"), output.streams) == 0

    assert output.stdout == MEGABYTE


@pytest.mark.parametrize("status", [0, 1, 137])
def test_a_one_off_gives_its_exit_status_and_is_gone_after(stage: Stage, status: int) -> None:
    spec = stage.spec(f"exit {status}")

    assert stage.engine.containers.run(spec, Output().streams) == status

    assert stage.engine.containers.list(name=spec.name) == ()


def test_a_one_off_gives_its_outputs_apart(stage: Stage) -> None:
    output = Output()

    status = stage.engine.containers.run(stage.spec(SEPARATE), output.streams)

    assert (status, output.stdout, output.stderr) == (3, b"out\n", b"err\n")


def test_a_one_off_reads_all_of_its_input_unchanged(stage: Stage) -> None:
    output = Output(MEGABYTE)

    assert stage.engine.containers.run(stage.spec("cat"), output.streams) == 0

    assert output.stdout == MEGABYTE


def test_a_one_off_reads_empty_input_as_its_end(stage: Stage) -> None:
    output = Output(b"")

    assert stage.engine.containers.run(stage.spec("cat"), output.streams) == 0

    assert output.stdout == b""


def test_a_one_off_needs_no_name(stage: Stage) -> None:
    spec = stage.spec("exit 0", name="", labels={stage.name("label"): ""})

    assert stage.engine.containers.run(spec, Output().streams) == 0

    assert stage.engine.containers.list(label=next(iter(spec.labels))) == ()


def test_a_one_off_joins_all_of_its_networks_before_it_starts(stage: Stage) -> None:
    networks = (stage.network(), stage.network())
    for network in networks:
        stage.engine.networks.create(network)

    spec = stage.spec("exit 0", networks=tuple(Attachment(network.name) for network in networks))
    assert stage.engine.containers.run(spec, Output().streams) == 0

    gone = replace(spec, networks=(Attachment(networks[0].name), Attachment(stage.name("gone"))))
    with pytest.raises(NoSuchContainer):
        stage.engine.containers.run(gone, Output().streams)
    assert stage.engine.containers.list(name=spec.name) == ()


def test_a_one_off_that_cannot_be_made_is_refused(stage: Stage) -> None:
    spec = stage.spec()
    stage.engine.containers.create(spec)

    with pytest.raises(NameTaken):
        stage.engine.containers.run(spec, Output().streams)
    with pytest.raises(ImageMissing):
        stage.engine.containers.run(stage.spec(image=ImageRef("datacats/nosuch", "1")), Output().streams)

    assert len(stage.engine.containers.list(name=spec.name)) == 1


def test_a_one_off_that_cannot_be_started_is_refused_and_gone(stage: Stage) -> None:
    network = replace(stage.network(), internal=False)
    stage.engine.networks.create(network)
    ports = (PublishedPort("127.0.0.1", stage.take_port(), 80),)
    spec = stage.spec("exit 0", ports=ports, networks=(Attachment(network.name),))

    with pytest.raises(AddressTaken):
        stage.engine.containers.run(spec, Output().streams)

    assert stage.engine.containers.list(name=spec.name) == ()


@pytest.mark.parametrize("status", [0, 1, 137])
def test_a_command_in_a_spare_gives_its_status_and_the_spare_is_gone_after(
    stage: Stage, waiting: str, status: int
) -> None:
    assert stage.engine.spares.run(waiting, (f"exit {status}",), Output().streams) == status

    wait_until(lambda: not stage.engine.containers.list(name=waiting), "it is gone")


def test_a_command_in_a_spare_gives_its_outputs_apart(stage: Stage, waiting: str) -> None:
    output = Output()

    status = stage.engine.spares.run(waiting, (SEPARATE,), output.streams)

    assert (status, output.stdout, output.stderr) == (3, b"out\n", b"err\n")


def test_a_command_in_a_spare_reads_all_of_its_input_unchanged(stage: Stage, waiting: str) -> None:
    output = Output(MEGABYTE)

    assert stage.engine.spares.run(waiting, ("cat",), output.streams) == 0

    assert output.stdout == MEGABYTE


def test_a_spare_that_is_gone_is_told_before_anything_is_read(stage: Stage) -> None:
    output = Output(b"typed")

    with pytest.raises(NoSuchContainer):
        stage.engine.spares.run(stage.name(), ("cat",), output.streams)

    assert output.streams.stdin is not None
    assert output.streams.stdin.read() == b"typed"


def test_a_container_is_renamed_once_by_the_same_name(stage: Stage, box: str) -> None:
    new = stage.name()
    stage.engine.spares.take(box, new)

    with pytest.raises(NoSuchContainer):
        stage.engine.spares.take(box, stage.name())

    assert [seen.name for seen in stage.engine.containers.list(name=new)] == [new]


def test_a_name_that_is_taken_is_not_given_twice(stage: Stage, box: str) -> None:
    other = stage.spec()
    stage.engine.containers.create(other)

    with pytest.raises(NameTaken):
        stage.engine.spares.take(box, other.name)
