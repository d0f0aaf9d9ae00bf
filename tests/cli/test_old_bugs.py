"""What the first datacats did wrong, and this one does not: a test for each.

=====================================================  ===============================================================
what was wrong                                         where it is pinned, when not below
=====================================================  ===============================================================
one wording of a port clash was known                  tests/contract (AddressTaken for both)
the search for a next port could go on for ever        tests/unit/workflows/test_claim.py
a wait for the page had one fixed deadline,            tests/unit/apply/test_wait.py
failed at any 5xx, and crashed when web was gone
options for a running site were ignored                test_lifecycle: a_new_port_moves_what_knows_it_alone...
reload kept neither port nor address                   test_lifecycle: reload_takes_a_port_and_keeps_it
production sites came back as development sites         test_lifecycle: production_replaces_what_differs_and_is_kept
every reload restarted all supporting containers       test_lifecycle: reload_makes_what_runs_ckan_anew_web_first...
replacing one container needed a restart of web        test_lifecycle: restart_replaces_one_service
a number was expected where people type anything       test_bad_input: a_port_must_be_a_number
unknown versions, missing sites had no list            test_bad_input: an_unknown_ckan..., a_site_that_is_not...
a missing data root was a "bug"                        test_info: list_without_any_environment_says_how_to_make_one
info showed every site at the primary one's address    test_info: info_adds_a_block_for_each_further_site
info -q printed None for a stopped site                test_info: quiet_info_leaves_the_addresses_of_what_runs
open of a stopped site ended well                      test_info: open_of_what_does_not_run_opens_nothing...
logs -f excluded --tail and -t                         test_logs: follow_takes_every_other_option_too
logs of nothing, or of "all" lines, was a "bug"        test_logs: a_service_without_a_container..., a_number_of_lines...
paster --plugin=ckan was a usage error                 test_inner_commands: paster_means_the_same_command_of_todays_ckan
an empty argument reached docker without a terminal    test_inner_commands: every_word_from_the_first... (with no word)
tweak -s was a usage error, and needed a running site  test_upgrade: tweak_of_another_site..., tweak_starts_the...
pull swallowed why the engine did not answer           test_endings: an_engine_that_cannot_be_used...
errors went to standard output                         test_endings: every_error_that_datacats_knows...
purge of several sites skipped every second one        test_purge: delete_environment_takes_the_source_directory...
purge built an error about a lost source, unraised     test_purge: an_environment_whose_source_lost_its_file...
nothing could be taken back after a failure            test_create: clean_on_failure_removes_all_that_was_made
two copies of one source shared one data directory     test_purge: a_copy_of_a_source_directory_does_not...
data of an older layout was half understood            test_bad_input: a_data_directory_of_an_older_layout...
no_proxy left services out                             tests/unit/store/test_host.py
one class of a thousand lines                          tests/unit/test_architecture.py
=====================================================  ===============================================================
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.engine.fake_world import Call, Outcome
from datacats.model.service import ContainerSpec
from tests.support.desk import HOME, USUAL, WORK, Desk

SITE = HOME / "catstown" / "sites" / "primary"


def specs(desk: Desk) -> list[ContainerSpec]:
    return [each.spec for each in desk.engine.world.containers.values()]


def files(desk: Desk, top: Path) -> dict[Path, bytes]:
    """Every file below a directory."""
    found: dict[Path, bytes] = {}
    for name in desk.disk.names(top):
        entry = desk.disk.entry(top / name)
        if entry is not None and entry.kind == "directory":
            found |= files(desk, top / name)
        else:
            found[top / name] = desk.disk.read(top / name)
    return found


def one_off(desk: Desk, *words: str) -> ContainerSpec:
    """Run a command and return the description of the container that it ran in."""
    found: list[ContainerSpec] = []

    def program(call: Call) -> Outcome:
        if call.main and not call.container.startswith("datacats_"):
            found.append(desk.engine.world.container(call.container).spec)
            return Outcome(0)
        return Outcome(None if call.main else 0)

    desk.engine.world.program = program
    desk.done(*words)
    return found[-1]


def test_no_secret_of_a_site_can_be_read_in_the_description_of_a_container(catstown: Desk) -> None:
    secrets = json.loads(catstown.disk.read(SITE / "secrets.json"))
    values = [value for key, value in secrets.items() if key != "layout"]
    described = repr([*specs(catstown), one_off(catstown, "ckan", "-e", "catstown", "user", "list")])
    assert [value for value in values if value in described] == []


def test_no_container_gets_the_databases_by_its_process_variables(catstown: Desk) -> None:
    for spec in [*specs(catstown), one_off(catstown, "ckan", "-e", "catstown", "--version")]:
        assert {key for key in spec.env if key.startswith("CKAN")} <= {"CKAN_INI"}


def test_no_container_runs_as_root_or_under_a_user_that_must_be_made_first(catstown: Desk) -> None:
    users = {spec.user for spec in specs(catstown)}
    assert len(users) == 1
    assert not users.pop().startswith("0:")


def test_no_file_ever_holds_the_clear_password_of_the_administrator(desk: Desk) -> None:
    desk.done("create", "catstown", "--admin-password-stdin", stdin=b"correct horse\n")
    desk.done("tweak", "--admin-password-stdin", "catstown", stdin=b"battery staple\n")
    kept = {**files(desk, HOME), **files(desk, WORK)}
    assert len(kept) > 8
    assert [path for path, content in kept.items() if b"correct horse" in content or b"battery" in content] == []


def test_the_address_in_the_settings_is_never_a_none(desk: Desk) -> None:
    desk.create("catstown")
    text = desk.disk.read(SITE / "run" / "web" / "ckan.ini").decode()
    assert f"ckan.site_url = http://127.0.0.1:{desk.site()['port']}\n" in text
    assert "None" not in text


def test_address_and_site_url_stay_when_something_else_is_changed(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--address", "127.0.0.2", "--site-url", "https://cats.example.org")
    catstown.done("reload", "catstown", "5001")
    catstown.done("start", "catstown", "--production")
    kept = catstown.site()
    assert (kept["address"], kept["site_url"], kept["port"]) == ("127.0.0.2", "https://cats.example.org", 5001)


def test_start_writes_nothing_into_the_source_directory_and_web_cannot_either(catstown: Desk) -> None:
    before = files(catstown, WORK)
    catstown.engine.world.containers.clear()
    catstown.done("start", "catstown")
    catstown.done("ckan", "-e", "catstown", "--version")
    assert files(catstown, WORK) == before
    project = [mount for spec in specs(catstown) for mount in spec.mounts if mount.target == "/project"]
    assert {(mount.source, mount.read_only) for mount in project} == {(str(WORK / "catstown"), True)}


def test_a_lost_file_of_the_source_is_named_and_not_a_crash(catstown: Desk) -> None:
    catstown.disk.remove_tree(WORK / "catstown" / "ckan.ini")
    ran = catstown("start", "catstown")
    assert ran.status == 3
    assert f"There is no {WORK / 'catstown' / 'ckan.ini'}." in ran.err


def test_making_a_site_leaves_no_image_and_no_container_behind(desk: Desk) -> None:
    images = set(desk.engine.world.images)
    desk.create("catstown")
    assert set(desk.engine.world.images) == images
    assert set(desk.states()) == {f"datacats_{each}_catstown" for each in USUAL}


def test_a_one_off_container_that_fails_is_gone_too(catstown: Desk) -> None:
    catstown.engine.world.program = lambda call: Outcome(None if "datacats_" in call.container and call.main else 3)
    before = catstown.states()
    assert catstown("ckan", "-e", "catstown", "user", "list").status == 3
    assert catstown.states() == before


@pytest.mark.parametrize("command", ["ckan", "paster"])
def test_a_command_for_another_site_runs_in_that_site(catstown: Desk, command: str) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    spec = one_off(catstown, command, "-e", "catstown", "-s", "staging", "user", "list")
    own = [mount.source for mount in spec.mounts if not mount.read_only]
    assert own == [str(HOME / "catstown" / "sites" / "staging" / "files")]
    assert {each.network for each in spec.networks} == {
        "datacats_front_catstown_staging",
        "datacats_back_catstown_staging",
    }


@pytest.mark.parametrize("words", ["info catstown", "list", "stop catstown", "logs -e catstown", "purge catstown -y"])
def test_what_needs_no_image_works_without_one(catstown: Desk, words: str) -> None:
    catstown.engine.world.images.clear()
    assert catstown.done(*words.split()).status == 0


def test_init_takes_a_name_wherever_one_stands(catstown: Desk) -> None:
    catstown.cwd = Path("/")
    assert catstown.done("init", "catstown", "-s", "staging").out.startswith("catstown/staging is ready")


def test_an_interrupt_where_the_password_is_asked_for_makes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_prompt: str) -> str:
        raise KeyboardInterrupt

    desk.terminal = True
    monkeypatch.setattr(click.termui, "hidden_prompt_func", interrupt)
    ran = desk("create", "catstown")
    assert (ran.status, desk.changes()) == (130, [])


def test_no_command_waits_for_a_lock_for_ever(catstown: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    lock = type(catstown.disk).lock

    def counted(self: FakeDisk, path: Path, what: str, *, wait: float, **tell: Any) -> AbstractContextManager[None]:
        waits.append(wait)
        return lock(self, path, what, wait=wait, **tell)

    monkeypatch.setattr(type(catstown.disk), "lock", counted)
    for words in ("create dogville", "start catstown 5001", "stop catstown", "upgrade catstown", "purge catstown -y"):
        catstown.done(*words.split())
    assert waits
    assert max(waits) <= 600


def test_a_version_of_a_known_line_need_not_be_in_a_list(desk: Desk) -> None:
    assert "pull debian" in desk.done("create", "catstown", "--ckan", "2.11.4", "--dry-run").out


def test_a_port_that_was_taken_meanwhile_is_told_whatever_the_engines_words(catstown: Desk) -> None:
    catstown.engine.world.taken.add(catstown.site()["port"])
    ran = catstown("reload", "catstown")
    assert ran.status == 13
    assert "choose another port" in ran.err


def test_production_is_one_word_and_no_comparison_of_texts(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--production")
    text = catstown.disk.read(SITE / "run" / "web" / "ckan.ini").decode()
    assert "debug = false\n" in text
