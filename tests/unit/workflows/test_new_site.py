"""Making a site as a library does: what is returned, what is told, and in which order things become true."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.errors import Conflict, DiskError, EngineError, UnknownVersion, UsageError
from datacats.model.environment import Phase
from datacats.model.event import Event, Started
from datacats.model.plan import CloneTree, PlaceFile, RunOneOff
from datacats.store import locate
from datacats.workflows.claim import SiteOptions
from datacats.workflows.create import NewEnvironment, create, plan_create
from datacats.workflows.new_site import Created, NewSite
from tests.support.desk import HOME, WORK, Desk


def test_the_result_names_all_that_a_program_needs(desk: Desk) -> None:
    made = create(NewEnvironment("catstown"), desk.workspace())
    assert (made.name, made.site, made.source, made.data) == (
        "catstown",
        "primary",
        WORK / "catstown",
        HOME / "catstown",
    )
    assert (made.administrator, made.running, made.initialised) == ("admin", True, True)
    assert made.password is not None
    assert made.password not in repr(made)


def test_a_chosen_password_is_not_given_back(desk: Desk) -> None:
    made = create(NewEnvironment("catstown", site=NewSite(password="correct horse")), desk.workspace())
    assert made.password is None


def test_the_site_counts_as_complete_only_after_its_result_was_shown(desk: Desk) -> None:
    phases: list[str] = []
    create(NewEnvironment("catstown"), desk.workspace(), show=lambda _made: phases.append(desk.site()["phase"]))
    assert [*phases, desk.site()["phase"]] == [Phase.CREATING.value, Phase.CREATED.value]


def test_what_was_cloned_is_on_the_disk_before_the_site_counts_as_complete(desk: Desk) -> None:
    flushed: list[list[Path]] = []
    create(NewEnvironment("catstown"), desk.workspace(), show=lambda _made: flushed.append(list(desk.disk.flushed)))
    assert flushed[0][-1] == HOME / "catstown" / "sites" / "primary"
    assert [each.name for each in flushed[0]].count("primary") == 1
    assert len(flushed[0]) == 2  # the other one is the template, before it was sealed


def test_what_cannot_be_written_out_leaves_the_site_half_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def flush(_self: object, path: Path) -> None:
        if path.name == "primary":
            raise DiskError("The disk is dying.", "Save what can be saved.")

    monkeypatch.setattr(type(desk.disk), "flush", flush)
    with pytest.raises(DiskError):
        create(NewEnvironment("catstown"), desk.workspace())
    assert desk.site()["phase"] == Phase.CREATING.value


def test_a_result_that_could_not_be_shown_leaves_it_half_made_and_the_next_run_makes_another_password(
    desk: Desk,
) -> None:
    shown: list[Created] = []

    def fail(made: Created) -> None:
        shown.append(made)
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        create(NewEnvironment("catstown"), desk.workspace(), show=fail)
    again = create(NewEnvironment("catstown"), desk.workspace())
    assert again.password not in {None, shown[0].password}
    assert again.url == shown[0].url


def test_the_second_site_of_the_same_images_is_cloned_and_runs_no_command(desk: Desk) -> None:
    desk.create("birdland")
    events: list[Event] = []
    create(NewEnvironment("catstown"), desk.workspace(), events.append)
    done = [event.operation for event in events if isinstance(event, Started)]
    assert len([step for step in done if isinstance(step, CloneTree)]) == 3
    assert [step for step in done if isinstance(step, RunOneOff)] == []


def test_the_file_that_makes_a_directory_an_environment_comes_last(desk: Desk) -> None:
    events: list[Event] = []
    create(NewEnvironment("catstown"), desk.workspace(), events.append)
    placed = [event.operation for event in events if isinstance(event, Started)]
    names = [step.path.name for step in placed if isinstance(step, PlaceFile) and step.path.parent == WORK / "catstown"]
    assert names[-2:] == ["datacats.toml", "datacats.lock"]


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (NewEnvironment("Catstown"), UsageError),
        (NewEnvironment("a\0b"), UsageError),
        (NewEnvironment("catstown", ckan="1.8"), UnknownVersion),
        (NewEnvironment("catstown", site=NewSite("No")), UsageError),
        (NewEnvironment("catstown", site=NewSite(options=SiteOptions(port=80))), UsageError),
        (NewEnvironment("catstown", site=NewSite(options=SiteOptions(address="::"))), Conflict),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    desk: Desk, new: NewEnvironment, error: type[Exception]
) -> None:
    workspace = desk.workspace()
    desk.forget()
    with pytest.raises(error):
        create(new, workspace)
    with pytest.raises(error):
        plan_create(new, workspace)
    assert desk.changes() == []


def test_the_plan_of_a_creation_is_what_it_then_does_first(desk: Desk) -> None:
    events: list[Event] = []
    foreseen = plan_create(NewEnvironment("catstown"), desk.workspace())
    create(NewEnvironment("catstown"), desk.workspace(), events.append)
    done = [str(event.operation) for event in events if isinstance(event, Started)]
    assert [str(step) for step in foreseen.plan] == done[: len(foreseen.plan)]


def test_cleaning_up_keeps_the_error_that_made_it_necessary(desk: Desk) -> None:
    desk.engine.world.failures["start datacats_solr_catstown"] = EngineError("tired", "rest")
    with pytest.raises(EngineError) as caught:
        create(NewEnvironment("catstown", site=NewSite(clean_on_failure=True)), desk.workspace())
    assert caught.value.during == "start datacats_solr_catstown"
    assert locate.names(desk.disk, desk.workspace().root) == ()


def test_cleaning_up_a_further_site_leaves_the_first_alone(catstown: Desk) -> None:
    catstown.engine.world.failures["start datacats_solr_catstown_staging"] = EngineError("tired", "rest")
    new = NewSite("staging", clean_on_failure=True)
    with pytest.raises(EngineError):
        create(NewEnvironment("catstown", site=new), catstown.workspace())
    assert catstown.disk.entry(HOME / "catstown" / "sites" / "staging") is None
    assert catstown.done("start", "catstown").out.startswith("Already running")


def test_templates_are_shared_by_all_that_run_on_the_same_images(desk: Desk) -> None:
    for name in ("birdland", "catstown"):
        desk.create(name)
    desk.create("dogville", "--ckan", "2.11")
    assert len(desk.disk.names(HOME / "_templates")) == 2
