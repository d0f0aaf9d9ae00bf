"""What every disk does, the real one and the one in memory."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.engine.fake_disk import FakeDisk
from datacats.errors import Busy, DiskError
from datacats.model.ports import Disk

ME = (os.geteuid(), os.getegid())
TOO_LONG = "n" * 256


@pytest.fixture(params=["real", "fake"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    if request.param == "real":
        return RealDisk()
    fake = FakeDisk(owner=ME)
    fake.make_directory(tmp_path, 0o700)
    return fake


@pytest.fixture
def link(disk: Disk) -> Callable[[Path, Path], None]:
    def make(path: Path, leads_to: Path) -> None:
        if isinstance(disk, FakeDisk):
            disk.tree.link(path, str(leads_to))
        else:
            path.symlink_to(leads_to)

    return make


class TestEntry:
    def test_nothing_lies_where_nothing_was_put(self, disk: Disk, tmp_path: Path) -> None:
        assert disk.entry(tmp_path / "none") is None

    def test_nothing_lies_below_a_file(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        assert disk.entry(tmp_path / "file" / "none") is None

    def test_a_file_tells_its_size_mode_and_owner(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"four", 0o640)
        seen = disk.entry(tmp_path / "file")
        assert seen is not None
        assert (seen.kind, seen.size, seen.mode, seen.uid, seen.gid) == ("file", 4, 0o640, *ME)

    def test_a_directory_is_told_from_a_file(self, disk: Disk, tmp_path: Path) -> None:
        seen = disk.entry(tmp_path)
        assert seen is not None
        assert seen.kind == "directory"

    def test_a_link_is_seen_as_itself_even_when_it_leads_nowhere(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        link(tmp_path / "link", tmp_path / "none")
        seen = disk.entry(tmp_path / "link")
        assert seen is not None
        assert seen.kind == "link"

    def test_a_name_longer_than_a_file_system_takes_is_said_to_be_too_long(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"the name is too long"):
            disk.entry(tmp_path / TOO_LONG)


class TestRead:
    def test_what_was_placed_is_read(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"\0binary\xff", 0o600)
        assert disk.read(tmp_path / "file") == b"\0binary\xff"

    def test_a_link_is_followed(self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
        disk.place(tmp_path / "file", b"content", 0o600)
        link(tmp_path / "link", tmp_path / "file")
        assert disk.read(tmp_path / "link") == b"content"

    def test_a_missing_file_is_an_error_that_names_it(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"none cannot be read: no such file or directory") as caught:
            disk.read(tmp_path / "none")
        assert str(tmp_path / "none") in caught.value.hint

    def test_a_directory_cannot_be_read_as_a_file(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"a directory lies there"):
            disk.read(tmp_path)

    def test_links_that_lead_in_a_circle_are_an_error(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        link(tmp_path / "one", tmp_path / "two")
        link(tmp_path / "two", tmp_path / "one")
        with pytest.raises(DiskError, match=r"leads in a circle"):
            disk.read(tmp_path / "one")


class TestNames:
    def test_the_names_in_a_directory_come_sorted(self, disk: Disk, tmp_path: Path) -> None:
        for name in ("b", ".hidden", "a"):
            disk.place(tmp_path / name, b"", 0o600)
        assert disk.names(tmp_path) == (".hidden", "a", "b")

    def test_a_missing_directory_has_no_names(self, disk: Disk, tmp_path: Path) -> None:
        assert disk.names(tmp_path / "none") == ()

    def test_a_file_has_no_names_and_says_so(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        with pytest.raises(DiskError, match=r"file cannot be listed: something that is not a directory"):
            disk.names(tmp_path / "file")


class TestPlace:
    def test_an_existing_file_is_replaced_with_its_mode(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"a long old text", 0o644)
        disk.place(tmp_path / "file", b"new", 0o600)
        seen = disk.entry(tmp_path / "file")
        assert seen is not None
        assert (disk.read(tmp_path / "file"), seen.mode) == (b"new", 0o600)

    def test_a_link_is_replaced_and_what_it_leads_to_stays(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        disk.place(tmp_path / "elsewhere", b"untouched", 0o600)
        link(tmp_path / "link", tmp_path / "elsewhere")
        disk.place(tmp_path / "link", b"new", 0o600)
        assert disk.read(tmp_path / "elsewhere") == b"untouched"
        assert disk.read(tmp_path / "link") == b"new"

    def test_a_directory_reached_through_a_link_takes_files(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        disk.make_directory(tmp_path / "real", 0o700)
        link(tmp_path / "link", tmp_path / "real")
        disk.place(tmp_path / "link" / "file", b"content", 0o600)
        assert disk.read(tmp_path / "real" / "file") == b"content"

    def test_nothing_but_the_file_is_left_in_its_directory(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"content", 0o600)
        assert disk.names(tmp_path) == ("file",)

    def test_the_directory_is_not_made(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"cannot be written: no such file or directory"):
            disk.place(tmp_path / "none" / "file", b"", 0o600)
        assert disk.names(tmp_path) == ()

    def test_a_directory_is_never_replaced_by_a_file(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "directory", 0o700)
        with pytest.raises(DiskError, match=r"a directory lies there"):
            disk.place(tmp_path / "directory", b"", 0o600)
        assert disk.names(tmp_path) == ("directory",)

    def test_a_file_on_the_way_is_an_error(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        with pytest.raises(DiskError, match=r"not a directory lies on the way"):
            disk.place(tmp_path / "file" / "below", b"", 0o600)

    def test_the_longest_name_a_file_system_takes_can_be_placed(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / TOO_LONG[1:], b"", 0o600)
        assert disk.names(tmp_path) == (TOO_LONG[1:],)

    def test_a_longer_one_is_said_to_be_too_long(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"the name is too long"):
            disk.place(tmp_path / TOO_LONG, b"", 0o600)
        assert disk.names(tmp_path) == ()


class TestMakeDirectory:
    def test_parents_are_made_with_the_same_mode(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "a" / "b", 0o750)
        for path in (tmp_path / "a", tmp_path / "a" / "b"):
            seen = disk.entry(path)
            assert seen is not None
            assert (seen.kind, seen.mode) == ("directory", 0o750)

    def test_one_that_is_there_keeps_its_mode_and_content(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "a", 0o750)
        disk.place(tmp_path / "a" / "file", b"", 0o600)
        disk.make_directory(tmp_path / "a", 0o700)
        seen = disk.entry(tmp_path / "a")
        assert seen is not None
        assert (seen.mode, disk.names(tmp_path / "a")) == (0o750, ("file",))

    def test_a_link_to_a_directory_is_one_that_is_there(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        disk.make_directory(tmp_path / "real", 0o700)
        link(tmp_path / "link", tmp_path / "real")
        disk.make_directory(tmp_path / "link", 0o700)
        disk.make_directory(tmp_path / "link" / "below", 0o700)
        assert disk.names(tmp_path / "real") == ("below",)

    def test_a_file_there_is_an_error_that_says_so(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        with pytest.raises(DiskError, match=r"file cannot be made: a file lies there"):
            disk.make_directory(tmp_path / "file", 0o700)

    def test_a_file_in_place_of_a_parent_is_the_one_that_is_named(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        with pytest.raises(DiskError, match=r"file cannot be made: a file lies there"):
            disk.make_directory(tmp_path / "file" / "a" / "b", 0o700)

    def test_a_link_that_leads_nowhere_is_an_error_that_says_so(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        link(tmp_path / "link", tmp_path / "none")
        with pytest.raises(DiskError, match=r"a symbolic link that leads to no directory lies there"):
            disk.make_directory(tmp_path / "link", 0o700)


class TestCloneTree:
    def test_a_clone_has_all_files_links_and_empty_directories_with_their_modes(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        disk.make_directory(tmp_path / "old" / "empty", 0o750)
        disk.place(tmp_path / "old" / "file", b"content", 0o640)
        link(tmp_path / "old" / "link", Path("file"))
        assert disk.clone_tree(tmp_path / "old", tmp_path / "new") in {"copy", "reflink"}
        assert disk.names(tmp_path / "new") == ("empty", "file", "link")
        for name in ("", "empty", "file", "link"):
            old, new = disk.entry(tmp_path / "old" / name), disk.entry(tmp_path / "new" / name)
            assert new is not None
            assert old is not None
            assert (new.kind, new.mode) == (old.kind, old.mode)
        assert disk.read(tmp_path / "new" / "link") == b"content"

    def test_the_clone_and_its_original_change_apart(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old", 0o700)
        disk.place(tmp_path / "old" / "file", b"content", 0o600)
        disk.clone_tree(tmp_path / "old", tmp_path / "new")
        disk.place(tmp_path / "new" / "file", b"changed", 0o600)
        assert disk.read(tmp_path / "old" / "file") == b"content"

    def test_the_size_of_each_file_with_content_is_told_once_it_is_there(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old" / "within", 0o700)
        disk.place(tmp_path / "old" / "empty", b"", 0o600)
        disk.place(tmp_path / "old" / "file", b"content", 0o600)
        disk.place(tmp_path / "old" / "within" / "file", b"more", 0o600)
        sizes: list[int] = []
        disk.clone_tree(tmp_path / "old", tmp_path / "new", None, sizes.append)
        assert sorted(sizes) == [4, 7]

    @pytest.mark.parametrize("kind", ["file", "directory"])
    def test_nothing_is_copied_over_what_lies_there(self, disk: Disk, tmp_path: Path, kind: str) -> None:
        disk.make_directory(tmp_path / "old", 0o700)
        disk.place(tmp_path / "file", b"", 0o600)
        disk.make_directory(tmp_path / "directory", 0o700)
        with pytest.raises(DiskError, match=r"something lies there already"):
            disk.clone_tree(tmp_path / "old", tmp_path / kind)

    def test_a_missing_original_is_an_error_that_leaves_nothing(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"no such file or directory"):
            disk.clone_tree(tmp_path / "none", tmp_path / "new")
        assert disk.names(tmp_path) == ()

    def test_a_file_is_no_tree(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        with pytest.raises(DiskError, match=r"not a directory"):
            disk.clone_tree(tmp_path / "file", tmp_path / "new")

    def test_the_directory_of_the_target_is_not_made(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old", 0o700)
        with pytest.raises(DiskError, match=r"no such file or directory"):
            disk.clone_tree(tmp_path / "old", tmp_path / "none" / "new")

    def test_a_tree_is_not_cloned_into_itself(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old", 0o700)
        with pytest.raises(DiskError, match=r"lies inside the other"):
            disk.clone_tree(tmp_path / "old", tmp_path / "old" / "new")
        assert disk.names(tmp_path / "old") == ()


class TestMove:
    def test_a_tree_is_under_its_new_name_only(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old" / "inside", 0o700)
        disk.make_directory(tmp_path / "elsewhere", 0o700)
        disk.move(tmp_path / "old", tmp_path / "elsewhere" / "new")
        assert disk.entry(tmp_path / "old") is None
        assert disk.names(tmp_path / "elsewhere" / "new") == ("inside",)

    def test_a_file_takes_the_place_of_a_file(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "old", b"content", 0o600)
        disk.place(tmp_path / "new", b"", 0o600)
        disk.move(tmp_path / "old", tmp_path / "new")
        assert disk.read(tmp_path / "new") == b"content"

    def test_a_directory_takes_the_place_of_an_empty_one(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old" / "inside", 0o700)
        disk.make_directory(tmp_path / "new", 0o700)
        disk.move(tmp_path / "old", tmp_path / "new")
        assert disk.names(tmp_path / "new") == ("inside",)

    def test_a_directory_that_holds_something_is_never_replaced(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old", 0o700)
        disk.make_directory(tmp_path / "new" / "inside", 0o700)
        with pytest.raises(DiskError, match=r"old cannot be moved to .*new: a directory that is not empty lies there"):
            disk.move(tmp_path / "old", tmp_path / "new")
        assert disk.names(tmp_path) == ("new", "old")

    def test_a_file_and_a_directory_never_take_each_others_place(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "directory", 0o700)
        disk.place(tmp_path / "file", b"", 0o600)
        with pytest.raises(DiskError, match=r"a directory lies there"):
            disk.move(tmp_path / "file", tmp_path / "directory")
        with pytest.raises(DiskError, match=r"not a directory"):
            disk.move(tmp_path / "directory", tmp_path / "file")

    def test_what_is_not_there_cannot_be_moved(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(DiskError, match=r"no such file or directory"):
            disk.move(tmp_path / "none", tmp_path / "new")

    def test_a_directory_is_not_moved_into_itself(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "old", 0o700)
        with pytest.raises(DiskError, match=r"lies inside the other"):
            disk.move(tmp_path / "old", tmp_path / "old" / "new")


class TestRemoveTree:
    def test_a_tree_is_gone_with_all_in_it(self, disk: Disk, tmp_path: Path) -> None:
        disk.make_directory(tmp_path / "tree" / "a" / "b", 0o700)
        disk.place(tmp_path / "tree" / "a" / "file", b"", 0o600)
        disk.place(tmp_path / "treelike", b"", 0o600)
        disk.remove_tree(tmp_path / "tree")
        assert disk.names(tmp_path) == ("treelike",)

    def test_a_file_is_gone(self, disk: Disk, tmp_path: Path) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        disk.remove_tree(tmp_path / "file")
        assert disk.names(tmp_path) == ()

    def test_a_link_is_gone_and_what_it_leads_to_stays(
        self, disk: Disk, tmp_path: Path, link: Callable[[Path, Path], None]
    ) -> None:
        disk.make_directory(tmp_path / "tree", 0o700)
        disk.make_directory(tmp_path / "elsewhere" / "inside", 0o700)
        link(tmp_path / "tree" / "link", tmp_path / "elsewhere")
        link(tmp_path / "link", tmp_path / "elsewhere")
        disk.remove_tree(tmp_path / "link")
        disk.remove_tree(tmp_path / "tree")
        assert disk.names(tmp_path) == ("elsewhere",)
        assert disk.names(tmp_path / "elsewhere") == ("inside",)

    @pytest.mark.parametrize("path", ["none", "none/none", "file/none"])
    def test_gone_is_no_error(self, disk: Disk, tmp_path: Path, path: str) -> None:
        disk.place(tmp_path / "file", b"", 0o600)
        disk.remove_tree(tmp_path / path)
        assert disk.names(tmp_path) == ("file",)


class TestLock:
    def test_a_held_lock_is_refused_with_its_holder_named(self, disk: Disk, tmp_path: Path) -> None:
        with (
            disk.lock(tmp_path / "lock", "the site x", wait=0),
            pytest.raises(Busy, match=rf"^The site x is in use by .+ \(pid {os.getpid()}, since 20\d\d-.+T.+\)\.$"),
            disk.lock(tmp_path / "lock", "the site x", wait=0),
        ):
            pytest.fail("two hold one lock")

    def test_who_looks_is_told_the_holder_and_takes_no_lock(self, disk: Disk, tmp_path: Path) -> None:
        assert disk.lock_holder(tmp_path / "lock") is None
        assert disk.names(tmp_path) == ()
        with disk.lock(tmp_path / "lock", "it", wait=0):
            for _ in range(2):
                told = disk.lock_holder(tmp_path / "lock")
                assert re.match(rf".+ \(pid {os.getpid()}, since 20\d\d-.+T.+\)$", told or "")
        assert disk.lock_holder(tmp_path / "lock") is None

    def test_a_lock_given_back_can_be_taken_again(self, disk: Disk, tmp_path: Path) -> None:
        for _ in range(2):
            with disk.lock(tmp_path / "lock", "it", wait=0):
                pass

    def test_an_error_in_between_gives_the_lock_back(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(KeyError), disk.lock(tmp_path / "lock", "it", wait=0):
            raise KeyError
        with disk.lock(tmp_path / "lock", "it", wait=0):
            pass

    def test_a_system_error_in_between_stays_what_it_is(self, disk: Disk, tmp_path: Path) -> None:
        with pytest.raises(ConnectionError), disk.lock(tmp_path / "lock", "it", wait=0):
            raise ConnectionError

    def test_two_locks_are_held_side_by_side(self, disk: Disk, tmp_path: Path) -> None:
        with disk.lock(tmp_path / "one", "it", wait=0), disk.lock(tmp_path / "two", "it", wait=0):
            assert disk.names(tmp_path) == ("one", "two")

    def test_the_file_of_a_lock_is_private_and_stays(self, disk: Disk, tmp_path: Path) -> None:
        with disk.lock(tmp_path / "lock", "it", wait=0):
            pass
        seen = disk.entry(tmp_path / "lock")
        assert seen is not None
        assert (seen.kind, stat.S_IMODE(seen.mode), seen.uid) == ("file", 0o600, ME[0])

    def test_a_lock_in_a_missing_directory_is_an_error(self, disk: Disk, tmp_path: Path) -> None:
        with (
            pytest.raises(DiskError, match=r"cannot be locked: no such file or directory"),
            disk.lock(tmp_path / "none" / "lock", "it", wait=0),
        ):
            pytest.fail("there is no such lock")


class TestFree:
    def test_there_is_room_on_a_disk(self, disk: Disk, tmp_path: Path) -> None:
        assert disk.free(tmp_path) > 0

    def test_a_path_that_is_not_there_is_measured_at_its_nearest_parent(self, disk: Disk, tmp_path: Path) -> None:
        assert disk.free(tmp_path / "none" / "none") > 0


class TestRun:
    def test_a_program_that_is_not_on_this_host_is_an_error_that_names_it(self, disk: Disk) -> None:
        with pytest.raises(DiskError, match=r"The program no-such-program is not on this host") as caught:
            disk.run(["no-such-program", "--really"])
        assert caught.value.hint == "Install no-such-program, then try again."


def test_what_was_written_is_written_out_and_a_path_that_is_not_there_is_told(disk: Disk, tmp_path: Path) -> None:
    home = tmp_path / "home"
    disk.make_directory(home, 0o700)
    disk.place(home / "file", b"x", 0o600)
    disk.flush(home)
    assert disk.read(home / "file") == b"x"
    with pytest.raises(DiskError, match="cannot be written out"):
        disk.flush(home / "gone")
