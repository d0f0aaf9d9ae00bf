"""``start``, ``stop``, ``reload``, ``restart``: what they do, say, and leave alone."""

from __future__ import annotations

import pytest

from datacats.engine.fake_world import Call, FakeContainer, Outcome
from datacats.model import labels
from datacats.model.image import ImageRef
from datacats.model.ports import Answer
from datacats.model.service import ContainerSpec
from tests.support.desk import HOME, USUAL, WORK, Desk

WEB = "datacats_web_catstown"
WORKER = "datacats_worker_catstown"


def url(desk: Desk) -> str:
    return f"http://127.0.0.1:{desk.site()['port']}/"


def touched(desk: Desk) -> set[str]:
    """The containers that were made, removed, started or stopped since it was forgotten."""
    return {line.split()[1] for line in desk.engine.mutations if line.split()[1].startswith("datacats_")}


def test_start_of_a_running_site_that_matches_changes_nothing_at_all(catstown: Desk) -> None:
    ran = catstown.done("start", "catstown")
    assert ran.out == f"Already running at {url(catstown)}\n"
    assert catstown.changes() == []


def test_start_of_a_running_site_takes_no_lock_that_others_need(catstown: Desk) -> None:
    catstown.done("start", "catstown")
    assert [path.name for path in catstown.disk.locked] == ["lock", "lock"]


@pytest.mark.parametrize("service", USUAL)
def test_a_missing_container_comes_back_alone(catstown: Desk, service: str) -> None:
    del catstown.engine.world.containers[f"datacats_{service}_catstown"]
    assert catstown.done("start", "catstown").out == f"Running at {url(catstown)}\n"
    assert touched(catstown) == {f"datacats_{service}_catstown"}


@pytest.mark.parametrize("service", USUAL)
def test_a_paused_container_is_let_go_on(catstown: Desk, service: str) -> None:
    catstown.engine.world.container(f"datacats_{service}_catstown").state = "paused"
    catstown.done("start", "catstown")
    assert catstown.engine.mutations == [f"unpause datacats_{service}_catstown"]


def test_after_a_reboot_of_the_host_start_brings_every_container_back_as_it_was(catstown: Desk) -> None:
    for container in catstown.engine.world.containers.values():
        container.state = "exited"
    catstown.done("start", "catstown")
    assert sorted(catstown.engine.mutations) == sorted(f"start datacats_{service}_catstown" for service in USUAL)


def test_after_the_choices_of_the_source_changed_start_replaces_what_reads_them(catstown: Desk) -> None:
    path = catstown.cwd / "catstown" / "ckan.ini"
    catstown.disk.add(path, catstown.disk.read(path).replace(b"debug = false", b"debug = true"))
    catstown.done("start", "catstown")
    assert touched(catstown) == {WEB, WORKER}


def test_production_replaces_what_differs_and_is_kept(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--production")
    assert catstown.engine.world.container(WEB).spec.command[0] == "gunicorn"
    assert catstown.engine.world.container(WEB).spec.restart == "unless-stopped"
    assert catstown.done("start", "catstown").out.startswith("Already running")
    catstown.done("reload", "catstown")
    assert catstown.engine.world.container(WEB).spec.command[0] == "gunicorn"


def test_a_new_port_moves_what_knows_it_alone_and_is_kept(catstown: Desk) -> None:
    assert catstown.done("start", "catstown", "5001").out == "Running at http://127.0.0.1:5001/\n"
    assert touched(catstown) == {WEB, WORKER}
    catstown.done("stop", "catstown")
    assert catstown.done("start", "catstown").out == "Running at http://127.0.0.1:5001/\n"


def test_a_site_url_is_what_people_are_told_and_an_empty_one_takes_it_back(catstown: Desk) -> None:
    ran = catstown.done("start", "catstown", "--site-url", "https://data.example.org/")
    assert ran.out == "Running at https://data.example.org/\n"
    assert catstown.done("start", "catstown", "--site-url", "").out == f"Running at {url(catstown)}\n"


def test_a_dry_run_shows_what_the_options_would_change_and_keeps_nothing(catstown: Desk) -> None:
    ran = catstown.done("start", "catstown", "5001", "--production", "--dry-run")
    assert f"stop {WEB} (its definition changed)" in ran.out
    assert "wait until http://127.0.0.1:5001/ answers" in ran.out
    assert catstown.changes() == []
    assert catstown.done("start", "catstown", "--dry-run").out == "Nothing to do.\n"


def test_background_does_not_wait_for_the_page(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    catstown.forget()
    assert catstown.done("start", "catstown", "--background").out == f"Starting at {url(catstown)}\n"
    assert catstown.http.asked == []


def test_both_modes_at_once_are_refused(catstown: Desk) -> None:
    ran = catstown("start", "catstown", "--production", "--development")
    assert (ran.status, catstown.changes()) == (2, [])


def test_start_as_json_lists_what_was_changed(catstown: Desk) -> None:
    del catstown.engine.world.containers[WEB]
    result = catstown.done("start", "catstown", "--json").result
    assert result["url"] == url(catstown)
    assert f"start {WEB}" in result["changed"]


def test_quiet_prints_nothing_and_still_does_it(catstown: Desk) -> None:
    del catstown.engine.world.containers[WEB]
    ran = catstown.done("start", "catstown", "-q")
    assert (ran.out, ran.err) == ("", "")
    assert catstown.states()[WEB] == "running"


def test_stop_stops_web_first_and_postgresql_last_and_keeps_all(catstown: Desk) -> None:
    assert catstown.done("stop", "catstown").out == "Stopped catstown\n"
    assert catstown.engine.mutations == [
        f"stop datacats_{one}_catstown" for one in ("web", "worker", "mail", "solr", "redis", "postgres")
    ]
    assert set(catstown.states().values()) == {"exited"}


def test_stop_of_what_does_not_run_is_no_error_and_changes_nothing(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    catstown.forget()
    assert catstown.done("stop", "catstown").out == "catstown was not running\n"
    assert catstown.changes() == []


def test_stop_shows_beforehand_what_it_would_stop(catstown: Desk) -> None:
    assert len(catstown.done("stop", "catstown", "--dry-run").lines) == len(USUAL)
    assert catstown.changes() == []


def test_reload_makes_web_anew_and_touches_nothing_else(catstown: Desk) -> None:
    assert catstown.done("reload", "catstown").out == f"Running at {url(catstown)}\n"
    assert touched(catstown) == {WEB}
    assert f"stop {WEB}" not in catstown.engine.mutations  # a development server that is removed is killed by that


def test_reload_in_production_makes_anew_all_that_runs_ckan_web_first(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--production")
    catstown.engine.mutations.clear()
    catstown.done("reload", "catstown")
    assert touched(catstown) == {WEB, WORKER}
    done = catstown.engine.mutations
    assert done.index(f"stop {WEB}") < done.index(f"start {WEB}") < done.index(f"stop {WORKER}")


def test_no_page_waits_for_a_worker_to_end_its_job(catstown: Desk) -> None:
    path = catstown.cwd / "catstown" / "ckan.ini"
    catstown.disk.add(path, catstown.disk.read(path).replace(b"debug = false", b"debug = true"))
    plan = catstown.done("start", "catstown", "--dry-run").lines
    page, worker = (
        next(i for i, line in enumerate(plan) if words in line) for words in ("until http", f"stop {WORKER}")
    )
    assert page < worker


def test_reload_after_all_containers_were_thrown_away_brings_all_back(catstown: Desk) -> None:
    catstown.engine.world.containers.clear()
    catstown.done("reload", "catstown")
    assert set(catstown.states().values()) == {"running"}
    assert len(catstown.states()) == len(USUAL)


def test_reload_takes_a_port_and_keeps_it(catstown: Desk) -> None:
    catstown.done("reload", "catstown", "5001")
    assert catstown.site()["port"] == 5001


@pytest.mark.parametrize("service", USUAL)
def test_restart_replaces_one_service(catstown: Desk, service: str) -> None:
    before = catstown.engine.world.container(f"datacats_{service}_catstown").id
    catstown.done("restart", service, "catstown")
    assert touched(catstown) == {f"datacats_{service}_catstown"}
    assert catstown.engine.world.container(f"datacats_{service}_catstown").id != before


def test_restart_of_no_service_lists_the_services(catstown: Desk) -> None:
    ran = catstown("restart", "mysql", "catstown")
    assert ran.status == 2
    assert all(service in ran.err for service in USUAL)


def test_each_site_is_its_own(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    catstown.forget()
    catstown.done("stop", "-s", "staging", "catstown")
    assert {each.rpartition("_")[2] for each in touched(catstown)} == {"staging"}


def test_a_page_that_does_not_come_is_reported_with_the_end_of_the_log(catstown: Desk) -> None:
    def program(call: Call) -> Outcome:
        if call.main and call.container == WEB:
            return Outcome(1, b"", b"Traceback\nImportError: no cats\n")
        return Outcome(None if call.main else 0)

    catstown.engine.world.program = program
    catstown.http.script(url(catstown), Answer(0, "the connection was refused"))
    ran = catstown("reload", "catstown")
    assert ran.status == 15
    assert f"Error: {WEB} is not ready: it ended with status 1." in ran.err
    assert "  | ImportError: no cats" in ran.err
    assert "datacats logs" in ran.err


@pytest.mark.parametrize("command", ["start", "reload", "restart solr", "tweak -p"])
def test_a_container_of_somebody_else_with_our_name_is_refused_and_never_touched(catstown: Desk, command: str) -> None:
    stranger = ContainerSpec(WEB, ImageRef("nginx", "1"), (), "0:0")
    catstown.engine.world.containers[WEB] = FakeContainer("f" * 64, WEB, stranger, ["bridge"], state="running")
    ran = catstown(*command.split(), "catstown")
    assert ran.status == 5
    assert f"The container {WEB} was not made by datacats; it is left alone." in ran.err
    assert WEB not in touched(catstown)


def test_stop_and_purge_leave_a_container_of_somebody_else_running(catstown: Desk) -> None:
    stranger = ContainerSpec(WEB, ImageRef("nginx", "1"), (), "0:0", labels={labels.ROOT: "another"})
    catstown.engine.world.containers[WEB] = FakeContainer("f" * 64, WEB, stranger, ["bridge"], state="running")
    catstown.done("stop", "catstown")
    catstown.done("purge", "catstown", "-y")
    assert catstown.states() == {WEB: "running"}


def test_an_environment_of_one_name_in_another_data_root_is_refused_with_its_holder(catstown: Desk) -> None:
    other = catstown.neighbour()
    ran = other("create", "catstown")
    assert ran.status == 5
    assert "belongs to the data root /home/me/.datacats" in ran.err
    assert "DATACATS_HOME" in ran.err
    assert other.disk.entry(other.cwd / "catstown") is None
    assert catstown.changes() == []


def test_a_source_directory_that_was_moved_is_followed_by_start(catstown: Desk) -> None:
    old, new = catstown.cwd / "catstown", catstown.cwd / "cats"
    catstown.disk.move(old, new)
    ran = catstown("info", "catstown")
    assert ran.status == 3
    assert f"{old} is gone" in ran.err
    catstown.done("start", new)
    assert f"Environment dir: {new}" in catstown.done("info", "catstown").lines


def test_a_version_in_the_file_that_is_not_the_sites_is_told_and_an_unknown_one_refused(catstown: Desk) -> None:
    toml = WORK / "catstown" / "datacats.toml"
    text = catstown.disk.read(toml)
    catstown.disk.place(toml, text.replace(b'"2.12"', b'"2.12.1"'), 0o644)
    assert "says CKAN 2.12.1; primary runs 2.12.0 until: datacats upgrade" in catstown.done("start", "catstown").err
    catstown.disk.place(toml, text.replace(b'"2.12"', b'"2.99"'), 0o644)
    ran = catstown("reload", "catstown")
    assert ran.status == 4
    assert "datacats has no CKAN 2.99" in ran.err


def test_an_environment_that_no_longer_says_whose_it_is_is_found_by_name_again_after_a_start(catstown: Desk) -> None:
    catstown.disk.remove_tree(HOME / "catstown" / "environment.json")
    catstown.done("start", WORK / "catstown")
    assert catstown.done("list").out.startswith("catstown  running")


TRAP = "SESSION_COOKIE_DOMAIN ="


@pytest.mark.parametrize("command", ["start", "reload"])
def test_a_setting_that_keeps_clients_from_signing_in_is_told_until_it_is_taken_out(
    catstown: Desk, command: str
) -> None:
    path = catstown.cwd / "catstown" / "ckan.ini"
    good = catstown.disk.read(path)
    catstown.disk.add(path, good.replace(b"use =", f"{TRAP}\nuse =".encode()))
    assert "ckan.ini sets SESSION_COOKIE_DOMAIN to nothing" in catstown.done(command, "catstown").err
    catstown.disk.add(path, good)
    assert "SESSION_COOKIE_DOMAIN" not in catstown.done(command, "catstown").err


def test_a_clone_that_has_it_is_told_so_when_its_site_is_made(desk: Desk) -> None:
    desk.done("create", "catstown", "--image-only")
    path = desk.cwd / "catstown" / "ckan.ini"
    desk.disk.add(path, desk.disk.read(path).replace(b"use =", f"{TRAP}\nuse =".encode()))
    assert "ckan.ini sets SESSION_COOKIE_DOMAIN to nothing" in desk.done("init", "catstown", "-s", "sandbox").err
