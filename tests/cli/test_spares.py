"""Spare containers: who has one, what takes it, and what makes it go."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from datacats.engine.fake_spares import FakeSpares
from datacats.engine.fake_world import FakeContainer
from datacats.errors import NoSuchContainer
from datacats.model import labels
from datacats.model.image import ImageRef
from datacats.model.service import ContainerSpec
from tests.cli.test_inner_commands import Inner
from tests.support.desk import WORK, Desk

SPARE = "datacats_spare_catstown"
LAUNCH = (sys.executable, "-m", "datacats", "spare", "-q", "-s", "primary", "catstown")


@pytest.fixture
def spared(catstown: Desk) -> Desk:
    """A running environment with its spare."""
    catstown.done("spare", "catstown")
    catstown.forget()
    catstown.disk.launched.clear()
    catstown.cwd = WORK / "catstown"
    return catstown


def used(desk: Desk) -> list[str]:
    return [line for line in desk.engine.mutations if line.startswith("run in one_off_")]


def edit(desk: Desk, file: str, old: str, new: str) -> None:
    path = WORK / "catstown" / file
    text = desk.disk.read(path).decode()
    assert old in text
    desk.disk.add(path, text.replace(old, new).encode())


def test_create_and_start_have_a_spare_made_by_a_process_that_nobody_waits_for(desk: Desk) -> None:
    desk.create("catstown")
    assert desk.disk.launched == [LAUNCH]
    desk.done("start", "catstown")
    assert desk.disk.launched == [LAUNCH] * 2
    assert SPARE not in desk.states()


@pytest.mark.parametrize(
    "words",
    [
        ["link", "dogsville", "-e", "catstown"],
        ["unlink", "dogsville", "-e", "catstown"],
        ["service", "remove", "worker", "-e", "catstown"],
        ["service", "add", "cron", "-e", "catstown"],
        ["tweak", "--new-secrets", "catstown"],
        ["db", "load", "DUMP", "-e", "catstown"],
    ],
)
def test_what_changes_a_running_site_has_its_spare_made_anew(catstown: Desk, words: list[str], tmp_path: Path) -> None:
    dump = tmp_path / "DUMP"
    dump.write_bytes(b"PGDMP")
    catstown.create("dogsville")
    catstown.disk.launched.clear()
    words = [str(dump) if word == "DUMP" else word for word in words]
    catstown.done(*words)
    assert catstown.disk.launched == [LAUNCH]


@pytest.mark.parametrize("words", [["link", "dogsville"], ["service", "remove", "worker"]])
def test_a_change_of_a_stopped_site_has_none_made(catstown: Desk, words: list[str]) -> None:
    catstown.create("dogsville")
    catstown.done("stop", "catstown")
    catstown.disk.launched.clear()
    catstown.done(*words, "-e", "catstown")
    assert catstown.disk.launched == []


@pytest.mark.parametrize("words", [["start", "-b"], ["stop"], ["info"], ["list"]])
def test_nothing_else_has_one_made(catstown: Desk, words: list[str]) -> None:
    catstown.disk.launched.clear()
    catstown.cwd = WORK / "catstown"
    catstown.done(*words)
    assert catstown.disk.launched == []


def test_that_process_makes_one_like_web_that_waits(catstown: Desk) -> None:
    assert catstown.done("spare", "catstown").lines == ["catstown has a spare container"]
    container = catstown.engine.world.container(SPARE)
    assert container.state == "running"
    assert container.networks == ["datacats_front_catstown", "datacats_back_catstown"]
    assert container.spec.labels[labels.ONE_OFF] == "spare"


def test_where_one_waits_already_nothing_is_changed(spared: Desk) -> None:
    assert spared.done("spare", "catstown", "--json").result["changed"] == []
    assert spared.changes() == []


def test_a_dry_run_prints_what_would_be_done(catstown: Desk) -> None:
    before = catstown.states()
    assert "create datacats_spare_catstown" in catstown.done("spare", "catstown", "--dry-run").out
    assert catstown.states() == before


def test_a_site_that_does_not_run_has_none(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    assert catstown.done("spare", "catstown").lines == ["catstown has no spare container"]
    assert SPARE not in catstown.states()


def test_a_ckan_command_takes_the_spare_under_a_random_name_and_has_it_replaced(spared: Desk) -> None:
    inner = Inner(spared)
    before = set(spared.states())
    ran = spared.done("ckan", "user", "list", stdin=b"hello")
    assert (ran.out, ran.err) == ("said: hello", "warned\n")
    assert inner.words == ["user", "list"]
    taken = inner.calls[-1].container
    assert spared.engine.mutations == [f"rename {SPARE} to {taken}", f"run in {taken}"]
    assert spared.disk.launched == [LAUNCH]
    assert set(spared.states()) == before - {SPARE}


def test_the_old_spelling_takes_it_too(spared: Desk) -> None:
    Inner(spared)
    spared.done("paster", "--plugin=ckan", "db", "upgrade")
    assert len(used(spared)) == 1


def test_its_exit_status_is_the_commands(spared: Desk) -> None:
    Inner(spared, exit_code=137)
    assert spared("ckan", "user", "list").status == 137
    assert spared.disk.launched == [LAUNCH]


def test_cold_leaves_it_and_makes_a_new_container(spared: Desk) -> None:
    inner = Inner(spared)
    spared.done("ckan", "--cold", "user", "list", "--cold")
    assert inner.words == ["ckan", "user", "list", "--cold"]
    assert SPARE in spared.states()
    assert spared.disk.launched == []


def test_without_a_spare_a_new_container_is_made_and_a_spare_for_the_next(catstown: Desk) -> None:
    catstown.cwd = WORK / "catstown"
    catstown.disk.launched.clear()
    inner = Inner(catstown)
    catstown.done("ckan", "user", "list")
    assert inner.words == ["ckan", "user", "list"]
    assert catstown.disk.launched == [LAUNCH]


def test_a_spare_that_another_command_has_just_taken_is_not_waited_for(spared: Desk) -> None:
    inner = Inner(spared)
    spared.engine.world.failures[f"rename {SPARE}"] = NoSuchContainer("gone")
    spared.done("ckan", "user", "list")
    assert inner.words == ["ckan", "user", "list"]


def test_a_spare_that_is_lost_to_an_interrupt_while_it_is_taken_is_replaced(
    spared: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeSpares, "take", interrupted)
    assert spared("ckan", "user", "list").status == 130
    assert spared.disk.launched == [LAUNCH]


def test_a_spare_that_goes_before_its_command_has_begun_is_made_up_for(spared: Desk) -> None:
    inner = Inner(spared)
    spared.engine.world.failures["run in one_off_"] = NoSuchContainer("gone")
    spared.done("ckan", "user", "list", stdin=b"typed")
    assert inner.words == ["ckan", "user", "list"]
    assert inner.calls[-1].stdin == b"typed"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("ckan.ini", "ckan.site_title = catstown", "ckan.site_title = Dogville"),
        ("datacats.toml", "[env]", '[env]\nTZ = "UTC"'),
        ("datacats.toml", "[env]", "spare_containers = false\n[env]"),
    ],
    ids=["configuration", "variables", "turned off"],
)
def test_a_spare_of_another_description_is_never_used(spared: Desk, file: str, old: str, new: str) -> None:
    Inner(spared)
    edit(spared, file, old, new)
    spared.done("ckan", "user", "list")
    assert used(spared) == []


def test_one_that_does_not_run_is_not_used(spared: Desk) -> None:
    Inner(spared)
    spared.engine.world.container(SPARE).state = "created"
    spared.done("ckan", "user", "list")
    assert used(spared) == []


def test_the_environment_can_be_without(spared: Desk) -> None:
    edit(spared, "datacats.toml", "[env]", "spare_containers = false\n[env]")
    assert spared.done("spare").lines == ["catstown has no spare container"]
    assert SPARE not in spared.states()
    spared.done("ckan", "user", "list")
    assert spared.disk.launched == []


def test_a_process_variable_turns_them_off(spared: Desk) -> None:
    spared.env["DATACATS_SPARES"] = "0"
    Inner(spared)
    spared.done("ckan", "user", "list")
    assert used(spared) == []
    assert spared.disk.launched == []


def test_sites_low_on_memory_have_none(desk: Desk) -> None:
    desk.create("catstown", "--low-memory")
    assert desk.disk.launched == []
    assert desk.done("spare", "catstown").lines == ["catstown has no spare container"]


def test_a_site_that_goes_into_production_loses_its_own(spared: Desk) -> None:
    spared.done("start", "--production")
    assert spared.disk.launched == []
    assert SPARE not in spared.states()
    assert spared.done("spare", "catstown").lines == ["catstown has no spare container"]


def test_stop_removes_it(spared: Desk) -> None:
    spared.done("stop")
    assert set(spared.states().values()) == {"exited"}
    assert SPARE not in spared.states()


def test_purge_removes_it_and_the_networks_it_is_on(spared: Desk) -> None:
    spared.done("purge", "catstown", "-y")
    assert spared.states() == {}
    assert spared.engine.world.networks == {}


def test_reload_removes_it_while_the_new_web_starts_and_has_another_made(spared: Desk) -> None:
    spared.done("reload")
    asked = list(spared.engine.mutations)
    assert asked.index(f"remove {SPARE}") == asked.index("start datacats_web_catstown") + 1
    assert SPARE not in spared.states()
    assert spared.disk.launched == [LAUNCH]


def test_a_start_that_finds_all_in_place_leaves_it(spared: Desk) -> None:
    assert spared.done("start", "--json").result["changed"] == []
    assert SPARE in spared.states()


def test_an_upgrade_removes_it_and_has_another_made(spared: Desk) -> None:
    for key, image in list(spared.engine.world.images.items()):
        spared.engine.world.images[key.replace(":2.12.0-", ":2.12.0-old")] = image
    path = Path(spared.env["DATACATS_HOME"]) / "catstown" / "sites" / "primary" / "site.json"
    spared.disk.add(path, spared.disk.read(path).replace(b"web:2.12.0-", b"web:2.12.0-old"))
    spared.done("start")
    spared.done("spare")
    spared.disk.launched.clear()
    spared.done("upgrade")
    assert SPARE not in spared.states()
    assert spared.disk.launched == [LAUNCH]


def test_a_network_that_changes_is_not_held_by_it(spared: Desk) -> None:
    path = Path(spared.env["DATACATS_HOME"]) / "catstown" / "sites" / "primary" / "site.json"
    record = spared.site()
    old = record["subnets"][1].encode()
    spared.disk.add(path, spared.disk.read(path).replace(old, b"10.99.0.0/27"))
    spared.done("start")
    assert spared.engine.mutations[0] == f"remove {SPARE}"


def test_info_and_list_know_services_only(spared: Desk) -> None:
    assert not any("spare" in line for line in spared.done("info").lines)
    assert spared.done("list").out.startswith("catstown  running")


def test_doctor_finds_nothing_wrong_with_one(spared: Desk) -> None:
    found = spared("doctor", "catstown", "--json").result["findings"]
    assert [each["message"] for each in found if "spare" in str(each)] == []


def test_a_container_of_somebody_else_by_that_name_is_left_alone(catstown: Desk) -> None:
    Inner(catstown)
    stranger = ContainerSpec(SPARE, ImageRef("nginx", "1"), (), "0:0", labels={labels.ONE_OFF: "spare"})
    catstown.engine.world.containers[SPARE] = FakeContainer("f" * 64, SPARE, stranger, ["bridge"], state="running")
    assert catstown("spare", "catstown").status != 0
    catstown.done("ckan", "-e", "catstown", "user", "list")
    catstown.done("reload", "catstown")
    assert catstown.engine.world.containers[SPARE].spec is stranger
