from __future__ import annotations

import io
from pathlib import Path

import pytest

from datacats.errors import CommandFailed
from datacats.model.event import Activity, Event, Finished, Progressed, Started
from datacats.workflows.carried import carried


def test_a_transfer_is_told_like_an_operation() -> None:
    told: list[Event] = []
    with carried("dump the database", told.append):
        pass
    assert told[0] == Started(Activity("dump the database", cause="asked for"), 1, 1)
    assert isinstance(told[1], Finished)


def test_of_a_file_that_which_is_left_to_read_is_the_total(tmp_path: Path) -> None:
    told: list[Event] = []
    (tmp_path / "dump").write_bytes(b"headcontent")
    with (tmp_path / "dump").open("rb") as source:
        source.read(4)
        with carried("load", told.append, source) as moved:
            moved(7)
    (step,) = (event.step for event in told if isinstance(event, Progressed))
    assert (step.number, step.total, step.unit) == (7, 7, "bytes")


def test_of_what_lies_in_memory_or_comes_through_a_pipe_nobody_knows_the_end() -> None:
    with carried("load", print, io.BytesIO(b"content")):
        pass


def test_an_error_is_told_to_have_happened_during_it() -> None:
    told: list[Event] = []
    with pytest.raises(CommandFailed) as failed, carried("load", told.append):
        raise CommandFailed("It failed.")
    assert failed.value.during == "load"
    assert [type(event) for event in told] == [Started]
