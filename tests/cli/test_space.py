"""A disk or a memory that is nearly full: told before anything is made, with what is there and what is needed."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.support.desk import HOME, Desk

MIB = 2**20
ENGINE = Path("/var/lib/docker")


@pytest.fixture
def tight(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[Path, int]:
    """The free bytes of the data root and the engine's directory, for a test to set; nothing was done yet."""
    desk("list")
    desk.disk.make_directory(ENGINE, 0o700)
    desk.forget()
    free = {HOME: 100 * 2**30, ENGINE: 100 * 2**30}
    monkeypatch.setattr(type(desk.disk), "free", lambda _disk, path: free[path])
    return free


@pytest.mark.parametrize("words", [["create", "catstown"], ["init", "catstown"], ["create", "catstown", "--dry-run"]])
def test_a_site_is_not_begun_where_its_data_has_no_room(desk: Desk, tight: dict[Path, int], words: list[str]) -> None:
    if "init" in words:
        desk.add_source(desk.cwd / "catstown", "catstown")
    tight[HOME] = 256 * MIB - 1
    ran = desk(*words)
    assert (ran.status, ran.out, desk.changes()) == (17, "", [])
    assert ran.err.splitlines() == [
        f"Error: Only 255 MiB are free for the data of a new site ({HOME}); 256 MiB are needed.",
        f"Next: See what takes it: du -xhd1 {HOME}; an environment that is not needed any more: datacats purge NAME",
    ]
    tight[HOME] += 1
    desk.done(*words)


@pytest.mark.parametrize(("registry", "needed"), [("", "4.2 GiB"), ("registry.example.org:5000", "2.2 GiB")])
def test_images_are_neither_built_nor_pulled_where_they_have_no_room(
    desk: Desk, tight: dict[Path, int], registry: str, needed: str
) -> None:
    desk.engine.world.images.clear()
    desk.env["DATACATS_REGISTRY"] = registry
    tight[ENGINE] = 2 * 2**30
    for words in (["create", "catstown"], ["pull"], ["images", "build"]):
        ran = desk(*words)
        assert (ran.status, ran.out, desk.changes()) == (17, "", [])
        assert f"Only 2.0 GiB are free for the images that are not here yet (4) and containers ({ENGINE})" in ran.err
        assert f"{needed} are needed." in ran.err
        assert "datacats images prune" in ran.err


def test_with_all_images_here_their_place_needs_room_for_containers_alone(desk: Desk, tight: dict[Path, int]) -> None:
    tight[ENGINE] = 255 * MIB
    assert "Only 255 MiB are free for containers" in desk("create", "catstown").err
    tight[ENGINE] = 256 * MIB
    desk.done("create", "catstown")


@pytest.mark.parametrize("why", ["elsewhere", "closed", "not there"])
def test_what_cannot_be_told_of_the_engine_keeps_nobody_from_working(
    desk: Desk, tight: dict[Path, int], why: str
) -> None:
    tight[ENGINE] = 0
    if why == "elsewhere":
        desk.engine.host = "192.0.2.1"
    elif why == "closed":
        desk.disk.refused[ENGINE] = errno.EACCES
    else:
        desk.disk.remove_tree(ENGINE)
    assert desk("create", "catstown").status == 0


def test_little_memory_is_told_and_the_site_is_made(desk: Desk) -> None:
    desk.disk.add(Path("/proc/meminfo"), b"MemAvailable:   102400 kB\n")
    ran = desk.done("create", "catstown")
    assert ran.err.count("Only 100 MiB of memory are free.") == 1
    assert "--low-memory" in ran.err


def test_enough_memory_is_not_worth_a_word(desk: Desk) -> None:
    assert "memory" not in desk.done("create", "catstown").err
