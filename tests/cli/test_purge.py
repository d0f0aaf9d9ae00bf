"""``purge``: asks, shows, removes all that is ours, whatever state it is in, and nothing else."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from datacats.engine.disk_errors import disk_error
from datacats.errors import EngineError
from tests.support.desk import HOME, USUAL, WORK, Desk


def left(desk: Desk) -> tuple[dict[str, str], list[str], bool]:
    """What is left: containers, networks, and whether there is a data directory."""
    networks = sorted(desk.engine.world.networks)
    return desk.states(), networks, desk.disk.entry(HOME / "catstown") is not None


NOTHING: tuple[dict[str, str], list[str], bool] = ({}, [], False)


def test_purge_removes_containers_networks_and_data_and_keeps_the_source(catstown: Desk) -> None:
    assert catstown.done("purge", "catstown", "-y").out == "Purged catstown: primary\n"
    assert left(catstown) == NOTHING
    assert catstown.disk.entry(WORK / "catstown" / "datacats.toml") is not None
    assert catstown.done("list").out.startswith("No environments")


def test_a_full_disk_is_emptied_by_a_purge_which_needs_no_room(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: object) -> None:
        raise disk_error(path, "written", OSError(errno.ENOSPC, ""))

    monkeypatch.setattr(catstown.disk, "place", full)
    assert catstown.done("purge", "catstown", "-y").out == "Purged catstown: primary\n"
    assert left(catstown) == NOTHING


def test_without_a_terminal_and_without_yes_nothing_is_removed(catstown: Desk) -> None:
    ran = catstown("purge", "catstown")
    assert ran.status == 18
    assert "-y" in ran.err
    assert catstown.changes() == []


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 18), ("\n", 18), ("maybe\nn\n", 18), ("", 130)])
def test_on_a_terminal_it_shows_what_goes_and_asks(catstown: Desk, answer: str, status: int) -> None:
    catstown.terminal = True
    ran = catstown("purge", "catstown", stdin=answer.encode())
    assert ran.status == status
    assert "remove datacats_web_catstown" in ran.err
    assert "Go on? [y/N]" in ran.err
    assert (left(catstown) == NOTHING) == (status == 0)


@pytest.mark.parametrize(
    ("words", "fate"),
    [([], "go; the source directory stays."), (["--delete-environment"], "and the source directory go.")],
)
def test_the_question_says_what_of_a_person_goes(catstown: Desk, words: list[str], fate: str) -> None:
    catstown.terminal = True
    ran = catstown("purge", "catstown", *words, stdin=b"n\n")
    assert f"The database, the uploaded files, the search index {fate}" in ran.err.splitlines()


@pytest.mark.parametrize("word", ["--json", "--events"])
def test_a_program_is_not_asked_on_a_terminal_either(catstown: Desk, word: str) -> None:
    catstown.terminal = True
    ran = catstown("purge", "catstown", word, stdin=b"y\n")
    assert (ran.status, ran.err, ran.error["kind"]) == (18, "", "Declined")
    assert catstown.changes() == []


def test_a_dry_run_lists_all_that_would_go_and_removes_nothing(catstown: Desk) -> None:
    ran = catstown.done("purge", "catstown", "--delete-environment", "--dry-run")
    words = {line.partition(" ")[2] for line in ran.lines}
    assert f"remove {HOME / 'catstown'} (its last site is purged)" in words
    assert f"remove {WORK / 'catstown'} (--delete-environment)" in words
    assert {f"remove {name} (the site is purged)" for name in catstown.states()} <= words
    assert catstown.changes() == []
    plan = catstown.done("purge", "catstown", "--dry-run", "--json").result["plan"]
    assert f"remove {HOME / 'catstown'}" in plan
    assert f"remove {WORK / 'catstown'}" not in plan


def test_delete_environment_takes_the_source_directory_and_every_site_with_it(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.done("init", "catstown", "-s", "test")
    ran = catstown.done("purge", "catstown", "--delete-environment", "-y", "--json")
    assert ran.result == {"name": "catstown", "sites": ["primary", "staging", "test"], "source_removed": True}
    assert left(catstown) == NOTHING
    assert catstown.disk.entry(WORK / "catstown") is None


def test_one_site_goes_alone(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.done("purge", "catstown", "-s", "staging", "-y")
    assert set(catstown.states()) == {f"datacats_{each}_catstown" for each in USUAL}
    assert catstown.done("start", "catstown").out.startswith("Already running")


def test_with_the_last_site_goes_the_data_directory(catstown: Desk) -> None:
    catstown.done("purge", "catstown", "-s", "primary", "-y")
    assert left(catstown) == NOTHING


def test_a_site_and_the_whole_environment_exclude_each_other(catstown: Desk) -> None:
    assert catstown("purge", "catstown", "-s", "primary", "--delete-environment", "-y").status == 2
    assert catstown.changes() == []


def test_another_environment_is_not_touched(catstown: Desk) -> None:
    catstown.create("dogville")
    catstown.done("purge", "catstown", "-y")
    assert catstown.done("start", "dogville").out.startswith("Already running")


def test_an_environment_whose_source_is_gone_goes_by_its_name(catstown: Desk) -> None:
    catstown.disk.remove_tree(WORK / "catstown")
    catstown.done("purge", "catstown", "-y", "--delete-environment")
    assert left(catstown) == NOTHING


def test_an_environment_whose_source_lost_its_file_goes_by_its_name_and_the_source_stays(catstown: Desk) -> None:
    catstown.disk.remove_tree(WORK / "catstown" / "datacats.toml")
    ran = catstown("purge", "catstown", "-y", "--delete-environment")
    assert ran.status == 5
    assert "is not the source directory of catstown" in ran.err
    assert "Traceback" not in ran.err
    catstown.done("purge", "catstown", "-y")
    assert left(catstown) == NOTHING
    assert catstown.disk.entry(WORK / "catstown" / "ckan.ini") is not None


def test_a_source_directory_that_now_holds_another_environment_stays(catstown: Desk) -> None:
    path = WORK / "catstown" / "datacats.toml"
    catstown.disk.add(path, catstown.disk.read(path).replace(b"catstown", b"dogville"))
    assert catstown("purge", "catstown", "-y", "--delete-environment").status == 5
    catstown.done("purge", "catstown", "-y")
    assert catstown.disk.entry(path) is not None


def test_a_source_directory_that_holds_another_environments_stays(desk: Desk) -> None:
    inner = desk.add_source(WORK / "catstown" / "dogville", "dogville")
    desk.done("init", inner)
    desk.add_source(WORK / "catstown", "catstown")
    desk.done("init", WORK / "catstown")
    desk.forget()
    ran = desk("purge", "catstown", "-y", "--delete-environment")
    assert (ran.status, desk.changes()) == (5, [])
    assert f"The source directory of dogville lies in {WORK / 'catstown'}; nothing was removed." in ran.err
    assert "remove that one first: datacats purge dogville" in ran.err
    assert desk("purge", "catstown", "-y", "--delete-environment", "--dry-run").status == 5
    desk.done("init", inner, "-s", "staging")
    desk.done("purge", "dogville", "-y")
    desk.done("purge", "catstown", "-y", "--delete-environment")
    assert desk.disk.entry(inner) is None


def test_a_copy_of_a_source_directory_does_not_purge_the_first_ones_data(catstown: Desk) -> None:
    copy = catstown.add_source(WORK / "copy", "catstown")
    ran = catstown("purge", copy, "-y")
    assert ran.status == 5
    assert f"belongs to another source directory, {WORK / 'catstown'}" in ran.err
    assert catstown.changes() == []


@pytest.mark.parametrize("cut", ["create network", "start datacats_postgres", "create datacats_web", "execute in"])
def test_a_half_made_one_goes_wherever_it_was_cut(desk: Desk, cut: str) -> None:
    desk.create("dogville")
    desk.engine.world.failures[cut] = EngineError("cut", "")
    assert desk("create", "catstown").status == 7
    desk.engine.world.failures.clear()
    desk.done("purge", "catstown", "-y")
    assert not [name for name in (*left(desk)[0], *left(desk)[1]) if "catstown" in name]
    assert not left(desk)[2]


def test_one_that_was_cut_before_it_knew_its_source_goes_by_its_name(desk: Desk) -> None:
    desk.disk.make_directory(HOME / "catstown" / "sites" / "primary", 0o700)
    desk.done("purge", "catstown", "-y")
    assert left(desk) == NOTHING


def test_one_with_a_damaged_record_goes_too(catstown: Desk) -> None:
    catstown.disk.add(HOME / "catstown" / "sites" / "primary" / "site.json", b"{")
    catstown.done("purge", "catstown", "-y")
    assert left(catstown) == NOTHING


@pytest.mark.parametrize("lost", ["sites/primary/site.json", "sites/primary", "sites"])
def test_one_that_lost_its_record_has_its_containers_stopped_before_its_data_goes(catstown: Desk, lost: str) -> None:
    catstown.disk.tree.remove(HOME / "catstown" / lost)
    seen: list[dict[str, str]] = []
    remove = catstown.disk.remove_tree
    catstown.disk.remove_tree = lambda path: (seen.append(catstown.states()), remove(path))[1]  # type: ignore[method-assign,func-returns-value]
    assert catstown.done("purge", "catstown", "-y").out == "Purged catstown: primary\n"
    assert left(catstown) == NOTHING
    assert seen[0] == {}


def test_one_site_that_lost_its_data_goes_alone_and_keeps_the_rest_when_that_goes_first(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.disk.tree.remove(HOME / "catstown" / "sites" / "staging")
    catstown.done("purge", "catstown", "-s", "primary", "-y")
    assert left(catstown)[2]
    catstown.done("purge", "catstown", "-s", "staging", "-y")
    assert left(catstown) == NOTHING


@pytest.mark.parametrize("cut", ["stop datacats_solr", "remove datacats_postgres", "remove network"])
def test_an_interrupted_purge_is_carried_on_by_the_same_command(catstown: Desk, cut: str) -> None:
    catstown.engine.world.failures[cut] = EngineError("cut", "")
    assert catstown("purge", "catstown", "-y").status == 7
    catstown.engine.world.failures.clear()
    said = catstown("start", "catstown").err
    assert "its purge was interrupted" in said
    assert "datacats purge" in said
    catstown.done("purge", "catstown", "-y")
    assert left(catstown) == NOTHING


def test_one_that_lost_its_containers_and_networks_goes_too(catstown: Desk) -> None:
    catstown.engine.world.containers.clear()
    catstown.engine.world.networks.clear()
    catstown.done("purge", "catstown", "-y")
    assert left(catstown) == NOTHING


def test_a_clone_without_data_has_nothing_to_purge(desk: Desk) -> None:
    clone = desk.add_source(WORK / "clone", "catstown")
    ran = desk("purge", clone, "-y")
    assert ran.status == 4
    assert "nothing to purge" in ran.err
    assert desk.disk.entry(clone) is not None


def test_what_was_purged_can_be_made_again_from_its_source(catstown: Desk) -> None:
    catstown.done("purge", "catstown", "-y")
    assert catstown.done("init", "catstown").out.startswith("catstown is ready")
