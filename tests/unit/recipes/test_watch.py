"""What the development server notices on disk, told by the kernel or found by looking."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from datacats.recipes.images.web.development import watch
from datacats.recipes.images.web.development.watch import Watch, is_local


@pytest.fixture(params=["told", "looking"])
def seen(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    (tmp_path / "ckanext").mkdir()
    (tmp_path / "ckanext" / "plugin.py").write_text("one")
    if request.param == "looking":
        monkeypatch.setattr(watch, "is_local", lambda _path: False)
    made = Watch([str(tmp_path)])
    yield made
    made.close()


def test_nothing_changed_until_something_does(seen: Watch) -> None:
    assert seen.changed() == {}


def test_a_file_that_is_written_has_neither_come_nor_gone(seen: Watch, tmp_path: Path) -> None:
    path = tmp_path / "ckanext" / "plugin.py"
    path.write_text("two")
    assert seen.changed() == {str(path): False}
    assert seen.changed() == {}


def test_a_file_that_takes_the_place_of_another_is_a_change(seen: Watch, tmp_path: Path) -> None:
    path = tmp_path / "ckanext" / "plugin.py"
    stamp = path.stat().st_mtime_ns
    fresh = tmp_path / "ckanext" / ".plugin.new"
    fresh.write_text("six")
    os.utime(fresh, ns=(stamp, stamp))
    fresh.replace(path)
    assert seen.changed() == {str(path): False}


def test_files_come_and_go(seen: Watch, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.py"
    fresh.touch()
    (tmp_path / "ckanext" / "plugin.py").unlink()
    assert seen.changed() == {str(fresh): True, str(tmp_path / "ckanext" / "plugin.py"): True}


def test_a_directory_that_came_is_looked_into_from_then_on(seen: Watch, tmp_path: Path) -> None:
    deep = tmp_path / "made" / "later"
    deep.mkdir(parents=True)
    (deep / "words.py").write_text("one")
    assert seen.changed() == {str(deep / "words.py"): True}
    (deep / "words.py").write_text("other")
    assert seen.changed() == {str(deep / "words.py"): False}


def test_a_directory_that_is_replaced_by_one_of_its_name_is_followed(seen: Watch, tmp_path: Path) -> None:
    (tmp_path / "ckanext").rename(tmp_path.parent / f"{tmp_path.name}-away")
    (tmp_path / "ckanext").mkdir()
    (tmp_path / "ckanext" / "plugin.py").write_text("another")
    assert seen.changed() == {str(tmp_path / "ckanext" / "plugin.py"): False}
    (tmp_path / "ckanext" / "plugin.py").write_text("and another")
    assert seen.changed() == {str(tmp_path / "ckanext" / "plugin.py"): False}


def test_what_nobody_wrote_is_not_watched(seen: Watch, tmp_path: Path) -> None:
    for directory in (".git", "__pycache__", "node_modules"):
        (tmp_path / directory).mkdir()
        (tmp_path / directory / "file.py").touch()
    for name in (".plugin.py.swp", "plugin.py~", "4913", "#plugin.py#", "plugin.pyc"):
        (tmp_path / "ckanext" / name).touch()
    assert seen.changed() == {}


def test_of_what_is_installed_only_what_lies_on_top_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "shapely").mkdir()
    made = Watch([], [str(tmp_path)])
    (tmp_path / "shapely-2.0.dist-info").mkdir()
    (tmp_path / "shapely" / "geometry.py").touch()
    assert made.changed().get(str(tmp_path / "shapely-2.0.dist-info")) is True
    (tmp_path / "shapely" / "geometry.py").write_text("changed")
    assert made.changed() == {}
    made.close()


def test_a_link_that_leads_nowhere_is_no_source(seen: Watch, tmp_path: Path) -> None:
    (tmp_path / "broken.py").symlink_to(tmp_path / "nowhere")
    assert seen.changed() == {}


def test_where_the_kernel_gives_no_more_notes_the_files_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctypes.get_errno", lambda: errno.ENOSPC)
    made = Watch([str(tmp_path), "/nowhere/at/all"])
    made.close()
    (tmp_path / "plugin.py").touch()
    assert made.changed() == {str(tmp_path / "plugin.py"): True}


def test_only_file_systems_of_this_kernel_are_believed_to_tell_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "21 20 0:30 / /project rw,relatime shared:1 - virtiofs source rw\n"
        "22 21 0:31 / /project/local rw - tmpfs tmpfs rw\n"
    )
    monkeypatch.setattr(watch, "MOUNTS", str(table))
    assert is_local("/project/local/deep")
    assert is_local("/projects")
    assert not is_local("/project")
    assert not is_local("/project/ckanext-cats")
