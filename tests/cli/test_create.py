"""``datacats create`` and ``init``: what they make, say, and show before they do it."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.errors import EngineError
from datacats.model.derived_port import derived_port
from datacats.model.image import ROLES
from datacats.model.observed import ImageSeen
from tests.support.desk import HOME, USUAL, WORK, Desk

RUNNING = {f"datacats_{service}_catstown": "running" for service in USUAL}


def sql(desk: Desk) -> list[str]:
    """Let every SQL that is run from now on be seen."""
    seen: list[str] = []

    def program(call: Call) -> Outcome:
        if call.stdin and not call.main:
            seen.append(call.stdin.decode())
        return Outcome(None if call.main else 0)

    desk.engine.world.program = program
    return seen


def test_one_command_makes_a_running_site_and_says_where_and_how_to_sign_in(desk: Desk) -> None:
    ran = desk.done("create", "catstown")
    assert ran.lines[0] == f"catstown is ready: http://127.0.0.1:{derived_port('catstown')}/"
    assert ran.lines[1].startswith("Sign in as admin, password ")
    assert desk.states() == RUNNING


def test_the_source_directory_holds_the_three_files_and_no_secret(desk: Desk) -> None:
    desk.create("catstown", "--bare")
    assert desk.disk.names(WORK / "catstown") == (".gitignore", "ckan.ini", "datacats.toml")
    secrets = desk.disk.read(HOME / "catstown" / "sites" / "primary" / "secrets.json").decode()
    values = [line.split('"')[3] for line in secrets.splitlines() if '": "' in line]
    texts = "".join(desk.disk.read(WORK / "catstown" / name).decode() for name in ("ckan.ini", "datacats.toml"))
    assert len(values) == 6
    assert not [value for value in values if value in texts]


def test_a_new_environment_has_a_theme_installed_and_enabled_first_and_no_container_is_run_for_it(
    desk: Desk,
) -> None:
    desk.create("catstown")
    theme = WORK / "catstown" / "ckanext-catstowntheme"
    assert desk.disk.entry(theme / "ckanext" / "catstowntheme" / "plugin.py") is not None
    assert "ckan.plugins = catstowntheme activity" in desk.disk.read(WORK / "catstown" / "ckan.ini").decode()
    assert "-e ./ckanext-catstowntheme" in desk.disk.read(WORK / "catstown" / "datacats.lock").decode()
    spec = desk.engine.world.container("datacats_web_catstown").spec
    layer = next(Path(mount.source) for mount in spec.mounts if mount.target == "/usr/lib/extensions")
    assert desk.disk.read(layer / "__editable__.ckanext_catstowntheme.pth") == b"/project/ckanext-catstowntheme\n"
    one_offs = [line for line in desk.engine.mutations if line.startswith("run ")]
    assert one_offs == []


def test_nothing_is_to_install_right_after_create(catstown: Desk) -> None:
    assert catstown.done("install", "-e", "catstown").lines == ["Nothing to do."]
    assert catstown.done("start", "catstown").err == ""


def test_create_carries_on_after_a_cut_among_the_files_of_the_theme(desk: Desk) -> None:
    desk.create("catstown")
    for name in ("datacats.toml", "datacats.lock", "ckanext-catstowntheme/pyproject.toml"):
        desk.disk.remove_tree(WORK / "catstown" / name)
    desk.disk.remove_tree(HOME / "catstown")
    desk.engine.world.containers.clear()
    desk.engine.world.networks.clear()
    desk.create("catstown")
    assert desk.disk.entry(WORK / "catstown" / "ckanext-catstowntheme" / "pyproject.toml") is not None


def test_the_result_as_json_holds_what_a_program_needs_and_nothing_else_is_printed(desk: Desk) -> None:
    ran = desk.done("create", "catstown", "--json")
    assert ran.err == ""
    assert ran.result["url"] == f"http://127.0.0.1:{derived_port('catstown')}/"
    assert ran.result["administrator"] == "admin"
    assert len(ran.result["password"]) == 16
    assert ran.document["command"] == "create"


def test_a_generated_password_is_shown_even_to_who_wants_quiet(desk: Desk) -> None:
    ran = desk.done("create", "catstown", "-q")
    assert "password" in ran.out
    assert ran.err == ""


def test_a_chosen_password_is_never_printed_and_quiet_is_quiet(desk: Desk) -> None:
    ran = desk.done("create", "catstown", "-q", "--admin-password-stdin", stdin=b"correct horse\n")
    assert (ran.out, ran.err) == ("", "")


def test_no_password_is_told_to_an_event_or_a_plain_process(desk: Desk) -> None:
    seen = sql(desk)
    ran = desk.done("create", "catstown", "--admin-password-stdin", stdin=b"correct horse\n")
    told = ran.out + ran.err + "".join(seen) + "".join(desk.engine.mutations)
    assert "correct horse" not in told
    assert [text for text in seen if 'INSERT INTO "user"' in text and "$pbkdf2-sha512$" in text]


@pytest.mark.parametrize(("stdin", "word"), [(b"", "no password"), (b"\n", "no password"), (b"short\n", "too short")])
def test_a_password_that_cannot_be_is_refused_before_anything_is_made(desk: Desk, stdin: bytes, word: str) -> None:
    ran = desk("create", "catstown", "--admin-password-stdin", stdin=stdin)
    assert ran.status == 2
    assert word in ran.err
    assert desk.changes() == []


@pytest.fixture
def typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person at the terminal types where a password is asked for."""
    words: list[str] = []
    desk.terminal = True
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _prompt: words.pop(0))
    return words


def test_a_person_is_asked_until_the_password_is_long_enough_and_typed_twice_alike(
    desk: Desk, typed: list[str]
) -> None:
    typed += ["short", "correct horse", "correct house", "correct horse", "correct horse"]
    ran = desk.done("create", "catstown")
    assert (ran.lines[1], typed) == ("Sign in as admin, with the password you chose", [])
    assert "too short: CKAN wants 8 characters" in ran.err
    assert "differ" in ran.err


def test_on_a_terminal_the_password_is_asked_for_twice(desk: Desk, typed: list[str]) -> None:
    typed += ["correct horse", "correct horse"]
    assert desk.done("create", "catstown").lines[1] == "Sign in as admin, with the password you chose"
    assert typed == []


def test_an_empty_password_on_a_terminal_lets_one_be_made(desk: Desk, typed: list[str]) -> None:
    typed += [""]
    assert desk.done("create", "catstown").lines[1].startswith("Sign in as admin, password ")


def test_create_on_something_complete_says_so_and_how_to_start_it(catstown: Desk) -> None:
    ran = catstown("create", "catstown")
    assert ran.status == 5
    assert "is there already" in ran.err
    assert "Next: Start it: datacats start catstown" in ran.err
    assert catstown.changes() == []


def test_a_dry_run_prints_the_first_plan_announces_the_rest_and_does_nothing(desk: Desk) -> None:
    desk.done("list")
    desk.forget()
    ran = desk.done("create", "catstown", "--dry-run")
    assert ran.lines[0] == f"1 make directory {WORK / 'catstown'} (a new environment)"
    assert [line.split()[1] for line in ran.lines if line.startswith("then ")] == ["make", "clone", "start", "make"]
    assert str(derived_port("catstown")) in ran.out
    assert desk.changes() == []


def test_a_dry_run_names_the_images_that_would_be_built(desk: Desk) -> None:
    desk.engine.world.images.clear()
    ran = desk.done("create", "catstown", "--dry-run", "--json")
    steps = [step.split(":")[0] for step in ran.result["plan"]]
    assert steps[-5:] == [
        "pull debian",
        "build datacats/web",
        "build datacats/postgres",
        "build datacats/search",
        "build datacats/redis",
    ]
    assert desk.engine.mutations == []


def test_a_dry_run_refuses_what_create_would_refuse(catstown: Desk) -> None:
    assert catstown("create", "catstown", "--dry-run").status == 5
    assert catstown("create", "Dogville", "--dry-run").status == 2


def test_missing_images_are_built_one_after_the_other_each_step_said(desk: Desk) -> None:
    desk.engine.world.images.clear()
    desk.engine.world.registry["debian:bookworm-slim"] = ImageSeen("sha256:base", ("debian:bookworm-slim",))
    ran = desk.done("create", "catstown")
    built = [line.split(":")[0] for line in desk.engine.mutations if line.startswith("build ")]
    assert built == [f"build datacats/{role}" for role in ROLES]
    assert "step 1/" in ran.err


def test_image_only_starts_nothing_and_names_the_next_command(desk: Desk) -> None:
    ran = desk.done("create", "catstown", "--image-only")
    assert ran.lines == ["catstown is made.", "Start it: datacats start catstown"]
    assert desk.states() == {}
    assert desk.done("start", "catstown").out.startswith("Running at")


def test_bare_is_accepted_and_says_nothing(desk: Desk) -> None:
    assert "bare" not in desk.done("create", "catstown", "--bare").out


def test_no_sysadmin_makes_nobody_and_says_no_password(desk: Desk) -> None:
    seen = sql(desk)
    ran = desk.done("create", "catstown", "--no-sysadmin")
    assert "admin" not in ran.out
    assert not [text for text in seen if 'INSERT INTO "user"' in text]


def test_no_datastore_leaves_its_plugins_and_its_addresses_out(desk: Desk) -> None:
    desk.create("catstown", "--no-datastore")
    assert b"datastore" not in desk.disk.read(WORK / "catstown" / "ckan.ini").split(b"[loggers]")[0]
    assert b"datastore" not in desk.disk.read(HOME / "catstown" / "sites" / "primary" / "run" / "web" / "ckan.ini")


def test_no_init_db_leaves_two_empty_databases_and_no_web_for_a_load_to_fill(desk: Desk) -> None:
    desk.create("dogville")
    seen = sql(desk)
    ran = desk.done("create", "catstown", "--no-init-db")
    assert ran.lines == [
        "catstown is made.",
        "Its databases are empty. Bring one in: datacats db load FILE -e catstown",
    ]
    assert {name: state for name, state in desk.states().items() if name in RUNNING} == {
        name: state for name, state in RUNNING.items() if name.split("_")[1] not in {"web", "worker", "mail"}
    }
    assert "DROP DATABASE IF EXISTS ckan WITH (FORCE);" in seen[-1]
    assert "CREATE DATABASE datastore OWNER ckan;" in seen[-1]
    desk.done("db", "load", "-", "-e", "catstown", stdin=b"PGDMP")
    assert desk.states() | RUNNING == desk.states()


def test_a_failure_half_way_says_what_happened_and_the_same_command_carries_on(desk: Desk) -> None:
    desk.engine.world.failures["start datacats_web_catstown"] = EngineError("The engine is tired.", "Let it rest.")
    ran = desk("create", "catstown")
    assert ran.status == 7
    assert ran.err.splitlines()[-3:] == [
        "Error: The engine is tired.",
        "It happened while: start datacats_web_catstown",
        "Next: Let it rest.",
    ]
    desk.engine.world.failures.clear()
    before = desk.site()
    desk.forget()
    assert desk.done("create", "catstown").out.startswith("catstown is ready")
    made = [line for line in desk.engine.mutations if line.startswith("create ")]
    assert made == ["create datacats_worker_catstown", "create datacats_mail_catstown"]
    assert (desk.site()["port"], desk.site()["subnets"]) == (before["port"], before["subnets"])


def test_until_the_password_was_shown_the_site_counts_as_half_made(desk: Desk) -> None:
    desk.engine.world.failures["start datacats_web_catstown"] = EngineError("tired", "")
    desk("create", "catstown")
    ran = desk("start", "catstown")
    assert ran.status == 5
    assert "half made: its create was interrupted" in ran.err
    assert ran.err.splitlines()[-1] == f"Next: Carry on with: datacats create {WORK / 'catstown'}"


def test_carrying_on_sets_the_new_password_although_web_runs_already(desk: Desk) -> None:
    desk.engine.world.failures["execute in datacats_solr_catstown"] = EngineError("tired", "")
    desk("create", "catstown")
    assert desk.states()["datacats_web_catstown"] == "running"
    desk.engine.world.failures.clear()
    seen = sql(desk)
    desk.done("create", "catstown")
    assert len([text for text in seen if 'INSERT INTO "user"' in text]) == 1


def test_clean_on_failure_removes_all_that_was_made(desk: Desk) -> None:
    desk.engine.world.failures["start datacats_web_catstown"] = EngineError("tired", "")
    ran = desk("create", "catstown", "--clean-on-failure")
    assert ran.status == 7
    assert "tired" in ran.err
    assert desk.states() == {}
    assert desk.engine.world.networks == {}
    assert desk.disk.entry(WORK / "catstown") is None
    assert desk.disk.entry(HOME / "catstown") is None


def test_clean_on_failure_also_cleans_when_interrupted(desk: Desk) -> None:
    def program(call: Call) -> Outcome:
        if call.container == "datacats_web_catstown":
            raise KeyboardInterrupt
        return Outcome(None if call.main else 0)

    desk.engine.world.program = program
    ran = desk("create", "catstown", "--clean-on-failure")
    assert ran.status == 130
    assert desk.states() == {}
    assert desk.disk.entry(WORK / "catstown") is None


def test_clean_on_failure_leaves_a_site_that_is_complete(catstown: Desk) -> None:
    assert catstown("create", "catstown", "--clean-on-failure").status == 5
    assert catstown.states() == RUNNING
    assert catstown.changes() == []


def test_clean_on_failure_leaves_a_source_directory_that_was_there(desk: Desk) -> None:
    source = desk.add_source(WORK / "clone", "catstown")
    desk.engine.world.failures["start datacats_web_catstown"] = EngineError("tired", "")
    assert desk("init", "clone", "--clean-on-failure").status == 7
    assert desk.disk.entry(source) is not None
    assert desk.disk.entry(HOME / "catstown") is None


def test_init_makes_the_site_of_a_clone(desk: Desk) -> None:
    desk.add_source(WORK / "clone", "catstown", ckan="2.11")
    ran = desk.done("init", "clone")
    assert ran.out.startswith("catstown is ready")
    assert ":2.11.6-" in desk.site()["images"]["web"]


def test_init_without_a_directory_takes_the_one_we_stand_in(desk: Desk) -> None:
    desk.cwd = desk.add_source(WORK / "clone", "catstown")
    assert desk.done("init").out.startswith("catstown is ready")


def test_init_makes_a_further_site_beside_the_first(catstown: Desk) -> None:
    ran = catstown.done("init", "catstown", "-s", "staging")
    assert ran.lines[0] == f"catstown/staging is ready: http://127.0.0.1:{derived_port('catstown', 'staging')}/"
    assert "datacats_web_catstown_staging" in catstown.states()
    assert catstown.site(site="staging")["subnets"] != catstown.site()["subnets"]


@pytest.mark.parametrize("depth", ["", "src"])
def test_no_new_environment_lies_in_the_source_directory_of_another(catstown: Desk, depth: str) -> None:
    catstown.cwd = WORK / "catstown" / depth
    catstown.disk.make_directory(catstown.cwd, 0o755)
    catstown.forget()
    ran = catstown("create", "dogville")
    assert (ran.status, catstown.changes()) == (5, [])
    assert f"lies in the source directory of another environment, {WORK / 'catstown'}" in ran.err
    assert f"datacats create {WORK / 'dogville'}" in ran.err


@pytest.mark.parametrize("verb", ["init", "create"])
def test_a_clone_in_the_source_directory_of_another_environment_is_to_be_moved_first(catstown: Desk, verb: str) -> None:
    clone = catstown.add_source(WORK / "catstown" / "dogville", "dogville")
    catstown.forget()
    ran = catstown(verb, clone)
    assert (ran.status, catstown.changes()) == (5, [])
    assert f"mv {clone} {WORK / 'dogville'}; then: datacats init {WORK / 'dogville'}" in ran.err


def test_a_directory_whose_name_is_no_text_is_refused_before_anything_runs_there(catstown: Desk) -> None:
    strange = WORK / os.fsdecode(b"bad\xff")
    catstown.add_source(strange / "clone", "dogville")
    catstown.disk.move(WORK / "catstown", strange / "catstown")
    for words in (("create", strange / "new"), ("init", strange / "clone"), ("start", strange / "catstown")):
        catstown.forget()
        ran = catstown(*words)
        assert ran.status == 2
        assert f"The path {WORK}/bad\\xff/{words[1].name} is not UTF-8: no container can see it." in ran.err
        assert catstown.engine.mutations == []
    assert catstown.disk.entry(strange / "new") is None
    assert catstown.disk.entry(HOME / "dogville") is None


def test_init_without_an_environment_says_how_to_make_one(desk: Desk) -> None:
    ran = desk("init")
    assert ran.status == 4
    assert "There is no datacats.toml" in ran.err
    assert "datacats create NAME" in ran.err


def test_a_dry_run_of_init_makes_nothing(desk: Desk) -> None:
    desk.add_source(WORK / "clone", "catstown")
    desk.done("list")
    desk.forget()
    ran = desk.done("init", "clone", "--dry-run")
    assert ran.lines[-1] == "then make the administrator admin"
    assert desk.changes() == []


@pytest.mark.parametrize("words", [("create", "catstown"), ("images", "build"), ("pull",)])
def test_an_empty_version_is_told_and_stands_for_no_default(desk: Desk, words: tuple[str, ...]) -> None:
    desk.workspace()
    desk.forget()
    ran = desk(*words, "--ckan=")
    assert ran.status == 4
    assert "Error: The version of CKAN is empty." in ran.err
    assert "2.12" in ran.err
    assert desk.changes() == []


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("--background", "Next: It belongs to start, once the site is made: datacats start --background"),
        ("--producton", "Next: See: datacats create --help"),
    ],
)
def test_an_option_of_start_that_is_given_to_create_is_sent_there(desk: Desk, option: str, hint: str) -> None:
    ran = desk("create", "catstown", option)
    assert ran.status == 2
    assert ran.err.splitlines()[-1] == hint
