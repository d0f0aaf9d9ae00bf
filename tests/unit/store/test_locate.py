"""From what a user types to an environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import ConfigError, Conflict, NotFound
from datacats.store import environment_file, locate
from datacats.store.root import DataRoot

DISK = RealDisk()
OWNER = (os.getuid(), os.getgid())


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    DISK.make_directory(tmp_path / "root", 0o700, OWNER)
    return DataRoot(tmp_path / "root", "uuid-1")


def source(directory: Path, name: str) -> Path:
    directory.mkdir(parents=True)
    (directory / "datacats.toml").write_bytes(environment_file.new(name, "2.12"))
    return directory


def complete(root: DataRoot, directory: Path) -> Path:
    environment = locate.describe(DISK, root, directory)
    DISK.make_directory(environment.data, 0o700, OWNER)
    locate.record_source(DISK, environment, OWNER)
    return directory


def test_nothing_named_means_the_current_directory_upwards(root: DataRoot, tmp_path: Path) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    deep = home / "ckanext-x" / "deeper"
    deep.mkdir(parents=True)
    assert locate.find(DISK, root, None, deep).source == home


def test_a_name_is_found_from_anywhere(root: DataRoot, tmp_path: Path) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    assert locate.find(DISK, root, "catstown", Path("/")).source == home


def test_a_path_is_found_relative_to_where_we_stand(root: DataRoot, tmp_path: Path) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    assert locate.find(DISK, root, "cats", tmp_path).source == home
    assert locate.find(DISK, root, str(home), Path("/")).name == "catstown"


def test_a_name_wins_over_a_directory_of_the_same_name(root: DataRoot, tmp_path: Path) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    (tmp_path / "catstown").mkdir()
    assert locate.find(DISK, root, "catstown", tmp_path).source == home


def test_outside_of_every_environment_the_next_command_is_named(root: DataRoot, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        locate.find(DISK, root, None, tmp_path)
    assert "datacats create" in caught.value.hint


def test_an_unknown_name_points_to_the_list(root: DataRoot, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no environment 'nowhere'"):
        locate.find(DISK, root, "nowhere", tmp_path)


def test_a_clone_without_data_points_to_init(root: DataRoot, tmp_path: Path) -> None:
    clone = source(tmp_path / "clone", "catstown")
    with pytest.raises(NotFound) as caught:
        locate.find(DISK, root, None, clone)
    assert caught.value.hint == f"Make it: datacats init {clone}"


def test_two_copies_of_one_source_with_one_name_are_told_apart(root: DataRoot, tmp_path: Path) -> None:
    first = complete(root, source(tmp_path / "first", "catstown"))
    second = source(tmp_path / "second", "catstown")
    with pytest.raises(Conflict, match=str(first)):
        locate.find(DISK, root, None, second)


def rename(directory: Path, name: str) -> None:
    (directory / "datacats.toml").write_bytes(environment_file.new(name, "2.12"))


@pytest.mark.parametrize("reference", ["catstown", None])
def test_a_changed_name_is_told_with_the_data_of_the_old_one_and_every_way_back(
    root: DataRoot, tmp_path: Path, reference: str | None
) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    rename(home, "dogville")
    with pytest.raises(ConfigError, match=f"the data of catstown .{root.path}/catstown. goes with") as caught:
        locate.find(DISK, root, reference, home)
    for way in ('name = "catstown"', f"datacats init {home}", "datacats purge catstown"):
        assert way in caught.value.hint


def test_a_name_never_means_the_environment_that_its_source_directory_has_become(
    root: DataRoot, tmp_path: Path
) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    rename(home, "dogville")
    complete(root, home)
    assert locate.find(DISK, root, None, home).name == "dogville"
    with pytest.raises(ConfigError, match="has the name dogville by now"):
        locate.find(DISK, root, "catstown", home)
    assert locate.to_remove(DISK, root, "catstown", tmp_path).data == root.environment("catstown")


def test_another_environment_at_the_place_that_a_moved_one_left_is_no_twin(root: DataRoot, tmp_path: Path) -> None:
    moved = complete(root, source(tmp_path / "old", "catstown")).rename(tmp_path / "new")
    source(tmp_path / "old", "dogville")
    assert locate.find(DISK, root, None, moved).source == moved


def test_a_twin_whose_file_cannot_be_read_is_still_one(root: DataRoot, tmp_path: Path) -> None:
    first = complete(root, source(tmp_path / "first", "catstown"))
    (first / "datacats.toml").write_text("name = ")
    with pytest.raises(Conflict, match=str(first)):
        locate.find(DISK, root, None, source(tmp_path / "second", "catstown"))


def test_data_that_no_longer_says_whose_it_is_belongs_to_the_source_of_its_name(root: DataRoot, tmp_path: Path) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    (root.environment("catstown") / locate.FILE).unlink()
    (root.environment("catstown") / "sites").mkdir()
    assert locate.find(DISK, root, None, home).name == "catstown"


def test_a_source_directory_that_was_moved_keeps_its_data(root: DataRoot, tmp_path: Path) -> None:
    complete(root, source(tmp_path / "old", "catstown"))
    moved = (tmp_path / "old").rename(tmp_path / "new")
    assert locate.find(DISK, root, None, moved).source == moved


def test_an_environment_whose_source_is_gone_can_still_be_named(root: DataRoot, tmp_path: Path) -> None:
    home = complete(root, source(tmp_path / "cats", "catstown"))
    (home / "datacats.toml").unlink()
    home.rmdir()
    assert locate.by_name(DISK, root, "catstown").name == "catstown"
    assert locate.names(DISK, root) == ("catstown",)


def half_made(root: DataRoot, name: str) -> Path:
    """A data directory that does not say whose it is yet."""
    DISK.make_directory(root.environment(name) / "sites", 0o700, OWNER)
    return root.environment(name)


def test_what_is_half_made_can_be_removed_by_its_name(root: DataRoot, tmp_path: Path) -> None:
    data = half_made(root, "catstown")
    found = locate.to_remove(DISK, root, "catstown", tmp_path)
    assert (found.name, found.data, found.source) == ("catstown", data, data)


def test_what_is_to_be_removed_by_its_path_is_never_a_strangers(root: DataRoot, tmp_path: Path) -> None:
    home = source(tmp_path / "cats", "catstown")
    (root.environment("catstown") / "photos").mkdir(parents=True)
    with pytest.raises(Conflict, match="was not made by datacats; it is left alone"):
        locate.to_remove(DISK, root, str(home), tmp_path)


def test_a_copy_of_a_source_directory_cannot_remove_the_data_of_the_other(root: DataRoot, tmp_path: Path) -> None:
    first = complete(root, source(tmp_path / "cats", "catstown"))
    copy = source(tmp_path / "copy", "catstown")
    with pytest.raises(Conflict, match=f"belongs to another source directory, {first}"):
        locate.to_remove(DISK, root, str(copy), tmp_path)


def test_where_there_is_no_data_there_is_nothing_to_remove(root: DataRoot, tmp_path: Path) -> None:
    home = source(tmp_path / "cats", "catstown")
    with pytest.raises(NotFound) as caught:
        locate.to_remove(DISK, root, str(home), tmp_path)
    assert "has no data directory" in caught.value.message
    assert caught.value.hint == f"There is nothing to purge; its source directory is {home}"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_directory_is_nobodys_data(root: DataRoot, kind: str) -> None:
    place = root.environment("catstown")
    place.touch() if kind == "file" else place.symlink_to("/")
    with pytest.raises(Conflict, match=f"is there already and is a {kind}"):
        locate.refuse_stranger(DISK, place)


@pytest.mark.parametrize("held", [(), ("lock",), ("sites", "layers", "layer.json", "run")])
def test_what_a_run_that_was_cut_off_leaves_is_ours(root: DataRoot, held: tuple[str, ...]) -> None:
    place = root.environment("catstown")
    place.mkdir()
    for name in held:
        (place / name).mkdir()
    locate.refuse_stranger(DISK, place)
    locate.refuse_stranger(DISK, root.environment("not-there"))


@pytest.mark.parametrize("held", [".version", "project-dir", "venv"])
def test_what_the_first_datacats_left_is_called_so(root: DataRoot, held: str) -> None:
    (root.environment("catstown") / held).mkdir(parents=True)
    with pytest.raises(Conflict) as caught:
        locate.refuse_stranger(DISK, root.environment("catstown"))
    assert "was made by the first datacats; it is left alone" in caught.value.message
    place = root.environment("catstown")
    assert caught.value.hint == f"Move it away: mv {place} {place}.old"
