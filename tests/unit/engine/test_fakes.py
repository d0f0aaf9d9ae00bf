"""What the disk and the network in memory let a test set up and see."""

from __future__ import annotations

import errno
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from datacats.engine.fake import FakeEngine, Outcome
from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_http import FakeHttp
from datacats.errors import Busy, DiskError
from datacats.model.image import ImageRef
from datacats.model.ports import Answer, Completed, Streams
from datacats.model.service import ContainerSpec

HOME = Path("/home/ann")


@pytest.fixture
def disk() -> FakeDisk:
    disk = FakeDisk()
    disk.add(HOME / "file", b"content")
    return disk


def test_what_a_test_adds_is_there_with_its_directories_and_is_no_change(disk: FakeDisk) -> None:
    assert disk.read(HOME / "file") == b"content"
    seen = disk.entry(HOME)
    assert seen is not None
    assert (seen.kind, seen.uid, seen.gid) == ("directory", 1000, 1000)
    assert disk.changes == []


def test_what_a_test_adds_for_somebody_else_is_theirs(disk: FakeDisk) -> None:
    disk.add(HOME / "theirs" / "file", b"", 0o640, (1, 2))
    for path, mode in ((HOME / "theirs", 0o755), (HOME / "theirs" / "file", 0o640)):
        seen = disk.entry(path)
        assert seen is not None
        assert (seen.mode, seen.uid, seen.gid) == (mode, 1, 2)


def test_every_change_is_told_in_words(disk: FakeDisk) -> None:
    disk.make_directory(HOME / "a" / "b", 0o700)
    disk.make_directory(HOME / "a", 0o700)
    disk.place(HOME / "a" / "file", b"", 0o600)
    disk.clone_tree(HOME / "a", HOME / "c")
    disk.move(HOME / "c", HOME / "d")
    disk.remove_tree(HOME / "d")
    disk.remove_tree(HOME / "d")
    assert disk.changes == [
        "make directory /home/ann/a",
        "make directory /home/ann/a/b",
        "place /home/ann/a/file",
        "clone /home/ann/a to /home/ann/c",
        "move /home/ann/c to /home/ann/d",
        "remove /home/ann/d",
    ]


def test_what_did_not_succeed_is_no_change(disk: FakeDisk) -> None:
    with pytest.raises(DiskError):
        disk.place(HOME / "none" / "file", b"", 0o600)
    assert disk.changes == []


def test_an_owner_that_is_given_gets_the_file_and_the_clone(disk: FakeDisk) -> None:
    disk.make_directory(HOME / "a", 0o700, (1, 2))
    disk.place(HOME / "a" / "file", b"", 0o600, (3, 4))
    disk.clone_tree(HOME / "a", HOME / "b", (5, 6))
    owners = [(seen.uid, seen.gid) for name in ("a", "a/file", "b", "b/file") if (seen := disk.entry(HOME / name))]
    assert owners == [(1, 2), (3, 4), (5, 6), (5, 6)]


def test_a_clone_without_an_owner_belongs_to_who_runs(disk: FakeDisk) -> None:
    disk.make_directory(HOME / "a", 0o700, (1, 2))
    disk.clone_tree(HOME / "a", HOME / "b")
    seen = disk.entry(HOME / "b")
    assert seen is not None
    assert (seen.uid, seen.gid) == disk.owner


def test_a_refused_path_fails_in_every_use_with_the_cause_in_words(disk: FakeDisk) -> None:
    disk.refused[HOME] = errno.EROFS
    for use in (
        lambda: disk.read(HOME / "file"),
        lambda: disk.entry(HOME),
        lambda: disk.place(HOME / "file", b"", 0o600),
        lambda: disk.make_directory(HOME / "new", 0o700),
        lambda: disk.move(HOME / "file", Path("/elsewhere")),
        lambda: disk.remove_tree(HOME / "file"),
    ):
        with pytest.raises(DiskError, match=r"its file system is read-only"):
            use()
    assert disk.changes == []


def test_locks_are_told_in_the_order_in_which_they_were_taken(disk: FakeDisk) -> None:
    with disk.lock(HOME / "one", "one", wait=0), disk.lock(HOME / "two", "two", wait=0):
        pass
    assert disk.locked == [HOME / "one", HOME / "two"]


def test_another_command_that_holds_a_lock_is_named_without_waiting(disk: FakeDisk) -> None:
    disk.holders[HOME / "lock"] = "datacats create x"
    with pytest.raises(Busy, match=r"^The site x is in use by datacats create x \(pid "):
        disk.lock(HOME / "lock", "the site x", wait=3600).__enter__()


def test_a_wait_is_told_as_if_time_had_passed(disk: FakeDisk) -> None:
    disk.holders[HOME / "lock"] = "datacats create x"
    told: list[str] = []
    for wait in (0, 3600):
        with pytest.raises(Busy):
            disk.lock(HOME / "lock", "the site x", wait=wait, tell=told.append).__enter__()
    assert told == [f"Waiting for the site x (pid {os.getpid()}: datacats create x) ..."]


def test_an_interrupt_is_the_commands_or_ours() -> None:
    engine = FakeEngine()
    image = ImageRef("datacats/web", "1")
    engine.world.add_image(image)
    box = ContainerSpec("box", image, ("wait",), "1000:1000")
    engine.containers.create(box)
    engine.containers.start("box")

    def interrupt(_call: object) -> Outcome:
        raise KeyboardInterrupt

    engine.world.program = interrupt
    streams, spec = Streams(None, io.BytesIO(), io.BytesIO()), replace(box, name="")
    assert engine.containers.run(spec, streams) == 130
    assert engine.containers.session("box", ("work",), streams) == 130
    with pytest.raises(KeyboardInterrupt):
        engine.containers.run(spec, streams, interruptible=True)
    with pytest.raises(KeyboardInterrupt):
        engine.containers.session("box", ("work",), streams, interruptible=True)
    assert [*engine.world.containers] == ["box"]


def test_a_program_ends_as_the_test_says_and_is_told(disk: FakeDisk) -> None:
    disk.programs["mmdebstrap"] = Completed(1, b"", b"no mirror")
    assert disk.run(["mmdebstrap", "bookworm"]).stderr == b"no mirror"
    assert disk.ran == [("mmdebstrap", "bookworm")]


def test_free_space_is_what_the_test_says(disk: FakeDisk) -> None:
    disk.space = 7
    assert disk.free(HOME / "none") == 7


def test_scripted_answers_come_one_after_the_other_and_the_last_stays() -> None:
    http = FakeHttp()
    http.script("http://x/", Answer(0, "no answer in time"), Answer(503), Answer(200))
    assert [http.get("http://x/", host="y").status for _ in range(4)] == [0, 503, 200, 200]
    assert http.asked == [("http://x/", "y")] * 4


def test_pauses_are_counted_and_take_no_time() -> None:
    http = FakeHttp()
    http.pause(3600)
    http.pause(3600)
    assert http.pauses == 2
