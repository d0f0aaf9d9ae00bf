"""Plans print themselves: what a user approves and a log keeps, with every cause and without any secret."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from datacats.model import plan as plans
from datacats.model.image import BuildContext, ContextFile, ImageRef
from datacats.model.plan import (
    BuildImage,
    CloneTree,
    ConnectNetwork,
    CreateContainer,
    CreateNetwork,
    CreateVolume,
    DisconnectNetwork,
    Flush,
    ImportBase,
    MakeDirectory,
    MovePath,
    Operation,
    PlaceFile,
    Plan,
    PullImage,
    PushImage,
    RemoveContainer,
    RemoveImage,
    RemoveNetwork,
    RemoveTree,
    RemoveVolume,
    RunOneOff,
    RunProgram,
    RunSql,
    StartContainer,
    StopContainer,
    UnpauseContainer,
    Wait,
)
from datacats.model.probe import ExecProbe, HttpProbe
from datacats.model.service import Attachment, ContainerSpec, NetworkSpec, VolumeSpec

SECRET = "correct-horse"
SECRET_BYTES = SECRET.encode()
WEB = ImageRef("datacats/web", "1")
SPEC = ContainerSpec("datacats_web_cats", WEB, ("ckan", "run"), "1:1", env={"KEY": SECRET})
ONE_OFF = ContainerSpec("", WEB, ("ckan", "db", "init"), "1:1", env={"KEY": SECRET})
CONTEXT = BuildContext(WEB, (ContextFile("host/pip.conf", SECRET_BYTES),), {"HTTP_PROXY": SECRET}, {})
OWNER = (1, 1)

TEXTS: list[tuple[Operation, str]] = [
    (MakeDirectory(Path("/d"), OWNER, cause="c"), "make directory /d"),
    (PlaceFile(Path("/d/f"), SECRET_BYTES, OWNER, cause="c"), "place file /d/f"),
    (CloneTree(Path("/t"), Path("/d"), OWNER, cause="c"), "clone /t to /d"),
    (MovePath(Path("/a"), Path("/b"), cause="c"), "move /a to /b"),
    (RemoveTree(Path("/d"), cause="c"), "remove /d"),
    (Flush(Path("/d"), cause="c"), "write out /d"),
    (
        CreateNetwork(NetworkSpec("back", "10.0.0.0/27", internal=True), cause="c"),
        "create internal network back 10.0.0.0/27",
    ),
    (CreateNetwork(NetworkSpec("front", "10.0.0.0/27", internal=False), cause="c"), "create network front 10.0.0.0/27"),
    (RemoveNetwork("back", cause="c"), "remove network back"),
    (CreateVolume(VolumeSpec("data"), cause="c"), "create volume data"),
    (RemoveVolume("data", cause="c"), "remove volume data"),
    (CreateContainer(SPEC, cause="c"), "create datacats_web_cats from datacats/web:1"),
    (CreateContainer(ONE_OFF, cause="c"), "create a one-off container from datacats/web:1"),
    (ConnectNetwork("web", Attachment("front"), cause="c"), "connect web to front"),
    (DisconnectNetwork("web", "front", cause="c"), "disconnect web from front"),
    (StartContainer("web", cause="c"), "start web"),
    (UnpauseContainer("web", cause="c"), "unpause web"),
    (StopContainer("web", 10, cause="c"), "stop web"),
    (RemoveContainer("web", cause="c"), "remove web"),
    (RunSql("postgres", ("psql", SECRET), SECRET, "set roles", cause="c"), "run SQL in postgres: set roles"),
    (RunOneOff(ONE_OFF, cause="c"), "run ckan db init"),
    (RunOneOff(ONE_OFF, SECRET_BYTES, "fill data", cause="c"), "fill data"),
    (Wait(HttpProbe("http://127.0.0.1:1/", "web", 1), cause="c"), "wait until http://127.0.0.1:1/ answers"),
    (Wait(ExecProbe("solr", ("sh", SECRET), 1, "answers queries"), cause="c"), "wait until solr answers queries"),
    (RunProgram(("mmdebstrap", "x"), cause="c"), "run mmdebstrap x"),
    (ImportBase(Path("/b.tar"), WEB, cause="c"), "import /b.tar as datacats/web:1"),
    (PullImage(WEB.at("r"), WEB, cause="c"), "pull r/datacats/web:1"),
    (BuildImage(CONTEXT, cause="c"), "build datacats/web:1"),
    (PushImage(WEB, WEB.at("r"), cause="c"), "push r/datacats/web:1"),
    (RemoveImage(WEB, cause="c"), "remove image datacats/web:1"),
]


@pytest.mark.parametrize(("operation", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_each_operation_says_in_a_few_words_what_it_does(operation: Operation, text: str) -> None:
    assert str(operation) == text


def test_no_kind_of_operation_is_left_out_of_that_test() -> None:
    kinds = {
        kind
        for _, kind in inspect.getmembers(plans, inspect.isclass)
        if issubclass(kind, Operation) and kind is not Operation
    }
    assert {type(operation) for operation, _ in TEXTS} == kinds


def test_a_plan_shows_no_content_no_variable_and_no_input() -> None:
    assert SECRET not in str(Plan.of(operation for operation, _ in TEXTS))


@pytest.mark.parametrize("operation", [step for step, _ in TEXTS if isinstance(step, PlaceFile | RunSql)], ids=str)
def test_not_even_a_traceback_shows_the_content_of_a_file_or_sql(operation: Operation) -> None:
    assert SECRET not in repr(operation)


def test_a_plan_numbers_its_operations_and_gives_each_cause() -> None:
    plan = Plan.of([StartContainer("web", cause="it is stopped"), RemoveTree(Path("/d"), cause="purge")])
    assert str(plan) == "1 start web (it is stopped)\n2 remove /d (purge)"


def test_plans_join_in_order_and_an_empty_one_has_no_length() -> None:
    first, second = StartContainer("a", cause="c"), StartContainer("b", cause="c")
    joined = Plan.of([first]) + Plan() + Plan.of([second])
    assert list(joined) == [first, second]
    assert len(joined) == 2
    assert not Plan()


def test_an_operation_without_a_cause_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="cause"):
        StartContainer("web")  # type: ignore[call-arg]
