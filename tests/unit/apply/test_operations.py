"""Carrying a plan out: each operation is the call it stands for, and the one that fails is named."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datacats.apply import apply
from datacats.engine.fake import FakeEngine
from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_http import FakeHttp
from datacats.engine.fake_world import Call, FakeContainer, Outcome
from datacats.errors import BuildFailed, CommandFailed, DatacatsError, EngineError, ImageMissing, NotReady
from datacats.model import labels, plan
from datacats.model.event import Event, Finished, Progressed, Started, ignore
from datacats.model.image import BuildContext, ContextFile, ImageRef
from datacats.model.plan import Operation, Plan
from datacats.model.ports import Completed, Ports
from datacats.model.probe import ExecProbe
from datacats.model.service import Attachment, ContainerSpec, NetworkSpec, VolumeSpec
from datacats.model.step import Step

WEB = ImageRef("datacats/web", "1")
REMOTE = ImageRef("registry:5000/datacats/web", "1")
SPEC = ContainerSpec("web", WEB, ("serve",), "1:1", networks=(Attachment("front"),))
NETWORK = NetworkSpec("front", "10.0.0.0/27", internal=False)
CONTEXT = BuildContext(WEB, (ContextFile("Dockerfile", b"FROM x\nRUN y\n"),), {}, {})
WHY = "asked for"
OWNER = (1000, 1000)


class Watched:
    """Passes everything on, and writes each call of a method down."""

    def __init__(self, of: object, calls: list[str]) -> None:
        self._of = of
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if not callable(found):
            return Watched(found, self._calls)

        def call(*arguments: Any, **named: Any) -> Any:
            self._calls.append(name)
            return found(*arguments, **named)

        return call


class Stage:
    """Ports on which something is there already, and the calls on them."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.engine = FakeEngine()
        self.disk = FakeDisk()
        self.engine.world.add_image(WEB)
        self.engine.world.registry[str(REMOTE)] = self.engine.world.images[str(WEB)]
        self.engine.world.networks["front"] = NETWORK
        running = FakeContainer("1" * 64, "db", SPEC, ["front"], state="running")
        self.engine.world.containers["db"] = running
        self.disk.add(Path("/there/file"), b"content")
        self.disk.programs["true"] = Completed(0)

    @property
    def ports(self) -> Ports:
        engine: Any = Watched(self.engine, self.calls)
        disk: Any = Watched(self.disk, self.calls)
        return Ports(engine, disk, FakeHttp())

    def apply(self, *operations: Operation, events: Callable[[Event], None] = ignore) -> None:
        apply(Plan.of(operations), self.ports, events)


@pytest.fixture
def stage() -> Stage:
    return Stage()


CALLS: list[tuple[Operation, list[str]]] = [
    (plan.MakeDirectory(Path("/new"), OWNER, cause=WHY), ["make_directory"]),
    (plan.PlaceFile(Path("/there/new"), b"x", OWNER, cause=WHY), ["place"]),
    (plan.CloneTree(Path("/there"), Path("/copy"), OWNER, cause=WHY), ["clone_tree"]),
    (plan.MovePath(Path("/there"), Path("/moved"), cause=WHY), ["move"]),
    (plan.Flush(Path("/there"), cause=WHY), ["flush"]),
    (plan.RemoveTree(Path("/there"), cause=WHY), ["remove_tree"]),
    (plan.RunProgram(("true",), cause=WHY), ["run"]),
    (plan.CreateNetwork(NetworkSpec("back", "10.0.1.0/27", internal=True), cause=WHY), ["create"]),
    (plan.RemoveNetwork("other", cause=WHY), ["remove"]),
    (plan.CreateVolume(VolumeSpec("data"), cause=WHY), ["create"]),
    (plan.RemoveVolume("data", cause=WHY), ["remove"]),
    (plan.CreateContainer(SPEC, cause=WHY), ["create"]),
    (plan.ConnectNetwork("db", Attachment("front"), cause=WHY), ["connect"]),
    (plan.DisconnectNetwork("db", "front", cause=WHY), ["disconnect"]),
    (plan.StartContainer("db", cause=WHY), ["start"]),
    (plan.UnpauseContainer("db", cause=WHY), ["unpause"]),
    (plan.StopContainer("db", 10, cause=WHY), ["stop"]),
    (plan.RemoveContainer("db", cause=WHY), ["remove"]),
    (plan.RunSql("db", ("psql",), "SELECT 1", "a look", cause=WHY), ["execute"]),
    (plan.RunOneOff(ContainerSpec("", WEB, ("true",), "1:1"), cause=WHY), ["run"]),
    (plan.Wait(ExecProbe("db", ("ready",), 1, "is ready"), cause=WHY), ["execute"]),
    (plan.ImportBase(Path("/there/file"), ImageRef("base", "1"), cause=WHY), ["read", "take_root"]),
    (plan.PullImage(REMOTE, WEB, cause=WHY), ["pull", "tag", "remove"]),
    (plan.PushImage(WEB, REMOTE, cause=WHY), ["tag", "push", "remove"]),
    (plan.RemoveImage(ImageRef("old", "1"), cause=WHY), ["remove"]),
    (plan.BuildImage(CONTEXT, cause=WHY), ["build"]),
]


@pytest.mark.parametrize(("operation", "calls"), CALLS, ids=lambda each: type(each).__name__)
def test_an_operation_is_one_call_of_a_port(stage: Stage, operation: Operation, calls: list[str]) -> None:
    if isinstance(operation, plan.RunOneOff):
        stage.engine.world.program = lambda _call: Outcome(0)
    stage.apply(operation)
    assert stage.calls == calls


def test_that_list_leaves_no_operation_out() -> None:
    kinds = {kind for _, kind in inspect.getmembers(plan, inspect.isclass) if issubclass(kind, Operation)}
    assert {type(operation) for operation, _ in CALLS} == kinds - {Operation}


def test_operations_come_in_order_each_told_before_and_after(stage: Stage) -> None:
    told: list[Event] = []
    first, second = plan.StopContainer("db", 1, cause=WHY), plan.RemoveContainer("db", cause=WHY)
    stage.apply(first, second, events=told.append)
    assert stage.engine.mutations == ["stop db", "remove db"]
    assert [type(event) for event in told] == [Started, Finished, Started, Finished]
    assert [(event.number, event.total) for event in told if isinstance(event, Started)] == [(1, 2), (2, 2)]


def test_how_a_tree_was_copied_is_told(stage: Stage) -> None:
    told: list[Event] = []
    stage.apply(plan.CloneTree(Path("/there"), Path("/copy"), OWNER, cause=WHY), events=told.append)
    assert [event.note for event in told if isinstance(event, Finished)] == ["copy"]


def test_each_step_of_a_build_is_told(stage: Stage) -> None:
    told: list[Event] = []
    stage.apply(plan.BuildImage(CONTEXT, cause=WHY), events=told.append)
    steps = [event.step.number for event in told if isinstance(event, Progressed)]
    assert steps[:1] == [1]
    assert 2 in steps


def test_a_one_off_that_counts_datasets_tells_the_last_count_of_what_it_printed(stage: Stage) -> None:
    told: list[Event] = []
    stage.engine.world.program = lambda _call: Outcome(0, b"\rIndexing dataset 1/2\rIndexing dataset 2/2")
    spec = ContainerSpec("", WEB, ("true",), "1:1")
    stage.apply(plan.RunOneOff(spec, cause=WHY, counting="Indexing dataset"), events=told.append)
    steps = [event.step for event in told if isinstance(event, Progressed)]
    assert steps == [Step("Indexing dataset", 2, 2, "datasets")]


def test_a_failed_one_off_keeps_all_that_it_printed_beside_the_end_that_is_shown(stage: Stage) -> None:
    printed = "\n".join(f"line {number}" for number in range(5000))
    stage.engine.world.program = lambda _call: Outcome(1, printed.encode())
    error = fails(plan.RunOneOff(ContainerSpec("", WEB, ("true",), "1:1"), cause=WHY), stage, CommandFailed)
    assert error.output == printed
    assert error.detail.splitlines() == [f"line {number}" for number in range(4980, 5000)]


def test_the_first_that_fails_ends_it_and_is_named_in_the_error(stage: Stage) -> None:
    stage.engine.world.failures["stop db"] = EngineError("tired", "rest")
    with pytest.raises(EngineError) as caught:
        stage.apply(
            plan.StartContainer("db", cause=WHY),
            plan.StopContainer("db", 1, cause=WHY),
            plan.RemoveContainer("db", cause=WHY),
        )
    assert caught.value.during == "stop db"
    assert stage.calls == ["start", "stop"]


def test_a_failed_operation_is_not_told_as_finished(stage: Stage) -> None:
    told: list[Event] = []
    stage.engine.world.failures["stop db"] = EngineError("tired", "rest")
    with pytest.raises(EngineError):
        stage.apply(plan.StopContainer("db", 1, cause=WHY), events=told.append)
    assert [type(event) for event in told] == [Started]


def test_a_container_is_made_with_the_digest_of_its_description(stage: Stage) -> None:
    stage.apply(plan.CreateContainer(SPEC, cause=WHY))
    assert stage.engine.world.container("web").spec.labels[labels.SPEC] == SPEC.digest


def fails(operation: Operation, stage: Stage, kind: type[DatacatsError]) -> DatacatsError:
    with pytest.raises(kind) as caught:
        stage.apply(operation)
    return caught.value


def test_sql_reaches_the_container_by_standard_input_and_fails_with_its_last_lines(stage: Stage) -> None:
    calls: list[Call] = []

    def program(call: Call) -> Outcome:
        calls.append(call)
        return Outcome(3, b"", b"\n".join(b"line %d" % number for number in range(30)))

    stage.engine.world.program = program
    error = fails(plan.RunSql("db", ("psql",), "SELECT 'secret'", "a look", cause=WHY), stage, CommandFailed)
    assert (calls[0].command, calls[0].stdin) == (("psql",), b"SELECT 'secret'")
    assert error.detail.splitlines() == [f"line {number}" for number in range(10, 30)]
    assert "secret" not in f"{error.message}{error.during}{error.hint}"


def test_sql_in_a_container_that_ended_tells_how_it_ended_and_its_log(stage: Stage) -> None:
    stage.engine.world.containers["db"].state = "exited"
    stage.engine.world.containers["db"].exit_code = 1
    error = fails(plan.RunSql("db", ("psql",), "SELECT 1", "a look", cause=WHY), stage, NotReady)
    assert error.message == "db is not ready: it ended with status 1."
    assert error.during == "run SQL in db: a look"


def test_a_one_off_that_fails_tells_its_command_status_and_last_lines(stage: Stage) -> None:
    stage.engine.world.program = lambda _call: Outcome(4, b"first\n", b"last\n")
    error = fails(plan.RunOneOff(ContainerSpec("", WEB, ("mend", "-x"), "1:1"), cause=WHY), stage, CommandFailed)
    assert error.message == "mend -x ended with status 4."
    assert error.detail.splitlines() == ["first", "last"]


def test_a_program_of_the_host_that_fails_comes_with_its_own_hint(stage: Stage) -> None:
    stage.disk.programs["true"] = Completed(1, b"", b"no network\n")
    error = fails(plan.RunProgram(("true",), "See whether there is one.", cause=WHY), stage, CommandFailed)
    assert (error.hint, error.detail) == ("See whether there is one.", "no network")


def test_a_build_that_fails_is_named(stage: Stage) -> None:
    stage.engine.world.program = lambda _call: Outcome(2)
    assert fails(plan.BuildImage(CONTEXT, cause=WHY), stage, BuildFailed).during == f"build {WEB}"


def test_an_image_that_cannot_be_pulled_gets_no_local_name(stage: Stage) -> None:
    stage.engine.world.registry.clear()
    stage.engine.world.images.clear()
    fails(plan.PullImage(REMOTE, WEB, cause=WHY), stage, ImageMissing)
    assert stage.engine.world.images == {}


def test_an_operation_of_no_kind_is_a_mistake_of_ours(stage: Stage) -> None:
    with pytest.raises(NotImplementedError, match="Operation"):
        stage.apply(Operation(cause=WHY))


def test_an_empty_plan_does_nothing(stage: Stage) -> None:
    told: list[Event] = []
    stage.apply(events=told.append)
    assert (stage.calls, told) == ([], [])
