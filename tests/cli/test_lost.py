"""What somebody removed of a site: made again and said, or refused with what is left to do; never begun anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datacats.engine.fake_world import Call, Outcome, quiet
from datacats.errors import CommandFailed, ConfigError, NotFound, UsageError
from datacats.services import probe, web
from tests.support.desk import HOME, WORK, Desk

SITE = HOME / "catstown" / "sites" / "primary"
MARK = SITE / "solr.rebuild"
RUN_CKAN = ("datacats_web_catstown", "datacats_worker_catstown")

FOR_GOOD = {
    "postgres": (
        "The database of catstown is gone",
        f"datacats purge -s primary catstown; datacats init {WORK}/catstown",
    ),
    "files": ("The uploaded files of catstown are gone", f"install -d -m 700 -o 1000 -g 1000 {SITE}/files"),
    "secrets.json": (f"{SITE}/secrets.json is gone", "datacats tweak --new-secrets catstown"),
}
"""What only a copy brings back: what is said of it, and what is left to do."""


def empty(desk: Desk, directory: Path) -> None:
    for name in desk.disk.names(directory):
        desk.disk.tree.remove(directory / name)


def lose(desk: Desk, part: str) -> None:
    desk.disk.tree.remove(SITE / part)
    desk.forget()


class Programs:
    """Programs that end well, ``foreign`` ones as users that this host does not know.

    ``rebuilt`` tells for each filling of the index which services ran then.
    """

    def __init__(self, desk: Desk, *, foreign: bool = False) -> None:
        self._desk, self._foreign = desk, foreign
        self.rebuilt: list[set[str]] = []
        self.fails = False

    def __call__(self, call: Call) -> Outcome:
        if call.command == web.REINDEX:
            states = self._desk.states()
            self.rebuilt.append({name for name, state in states.items() if state == "running"})
            return self._rebuild()
        if self._foreign and f"/{probe.OWN})" in "".join(call.command):
            return Outcome(probe.FOREIGN)
        return quiet(call)

    def _rebuild(self) -> Outcome:
        if not self._foreign:
            self._desk.disk.add(SITE / "solr" / "data" / "index" / "segments_1")  # made by Solr when it starts
        return Outcome(1, stderr=b"no connection") if self.fails else Outcome(0)


@pytest.fixture
def programs(catstown: Desk) -> Programs:
    made = Programs(catstown)
    catstown.engine.world.program = made
    return made


@pytest.mark.parametrize("part", FOR_GOOD)
@pytest.mark.parametrize("command", ["start", "reload", "start --dry-run", "ckan -e", "psql -e"])
@pytest.mark.parametrize("running", [True, False])
def test_nothing_is_begun_without_what_only_a_copy_brings_back(
    catstown: Desk, part: str, command: str, *, running: bool
) -> None:
    if not running:
        catstown.done("stop", "catstown")
    lose(catstown, part)
    words = [*command.split(), "catstown", *(["db", "version"] if command == "ckan -e" else [])]
    ran = catstown(*words)
    said, next_step = FOR_GOOD[part]
    assert ran.status == NotFound.exit_code
    assert said in ran.err
    assert next_step in ran.err
    assert catstown.changes() == []


@pytest.mark.parametrize(
    ("part", "said", "next_steps"),
    [
        (
            "postgres",
            "The database of catstown/sandbox is gone",
            (
                "datacats purge -s sandbox catstown",
                f"datacats init -s sandbox {WORK}/catstown",
                "datacats db load -s sandbox DUMP -e catstown",
            ),
        ),
        (
            "files",
            "The uploaded files of catstown/sandbox are gone",
            ("datacats start -s sandbox catstown", "datacats files import -s sandbox ARCHIVE -e catstown"),
        ),
        ("secrets.json", "API tokens of catstown/sandbox are", ("datacats tweak --new-secrets -s sandbox catstown",)),
    ],
)
def test_what_is_left_to_do_for_one_site_leads_to_no_other(
    catstown: Desk, part: str, said: str, next_steps: tuple[str, ...]
) -> None:
    catstown.done("init", "catstown", "-s", "sandbox")
    catstown.disk.tree.remove(SITE.with_name("sandbox") / part)
    ran = catstown("start", "-s", "sandbox", "catstown")
    assert ran.status == NotFound.exit_code
    assert said in ran.err
    assert [step for step in next_steps if step not in ran.err] == []


@pytest.mark.parametrize("part", ["postgres", "files"])
def test_a_part_that_was_emptied_is_as_good_as_gone(catstown: Desk, part: str) -> None:
    empty(catstown, SITE / part)
    catstown.disk.add(SITE / "postgres" / "lock")
    ran = catstown("start", "catstown")
    assert ran.status == NotFound.exit_code
    assert FOR_GOOD[part][0] in ran.err


def test_whoever_goes_on_without_files_has_said_so(catstown: Desk) -> None:
    lose(catstown, "files")
    catstown.disk.make_directory(SITE / "files" / "storage", 0o700)
    catstown.done("start", "catstown")


@pytest.mark.parametrize("command", ["start", "reload"])
@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("emptied", [True, False])
def test_a_lost_search_index_is_made_again_from_the_database_and_said(
    catstown: Desk, programs: Programs, command: str, *, running: bool, emptied: bool
) -> None:
    if not running:
        catstown.done("stop", "catstown")
    if emptied:
        empty(catstown, SITE / "solr")
    else:
        lose(catstown, "solr")
    catstown.forget()
    ran = catstown.done(command, "catstown")
    assert f"{SITE}/solr was removed: it is made again from the database." in ran.err
    (running_then,) = programs.rebuilt
    assert {f"datacats_{each}_catstown" for each in ("postgres", "solr", "redis")} <= running_then
    assert ("stop datacats_solr_catstown" in catstown.engine.mutations) == running
    assert catstown.disk.entry(MARK) is None
    catstown.done("start", "catstown")
    assert len(programs.rebuilt) == 1


def test_an_index_that_could_not_be_filled_is_filled_by_the_next_start(catstown: Desk, programs: Programs) -> None:
    lose(catstown, "solr")
    programs.fails = True
    ran = catstown("start", "catstown")
    assert ran.status == CommandFailed.exit_code
    assert "no connection" in ran.err
    programs.fails = False
    catstown.done("start", "catstown")
    assert len(programs.rebuilt) == 2


def test_a_command_that_needs_no_index_leaves_it_to_the_next_that_does(catstown: Desk, programs: Programs) -> None:
    lose(catstown, "solr")
    catstown.done("files", "export", "-", "-e", "catstown")
    assert programs.rebuilt == []
    assert catstown.disk.entry(MARK) is not None
    catstown.done("start", "catstown")
    assert len(programs.rebuilt) == 1


def test_a_dry_run_shows_how_the_index_comes_back_and_does_nothing(catstown: Desk) -> None:
    lose(catstown, "solr")
    shown = catstown.done("start", "--dry-run", "catstown").out
    assert "rebuild the search index" in shown
    assert catstown.changes() == []


def test_an_index_on_an_engine_that_cannot_use_our_files_comes_back_too(desk: Desk) -> None:
    programs = Programs(desk, foreign=True)
    desk.engine.world.program = programs
    desk.create("catstown")
    assert desk.site()["placement"] != "bind"
    desk.done("stop", "catstown")
    desk.engine.containers.remove("datacats_solr_catstown")
    desk.engine.volumes.remove("datacats_solr_catstown")
    ran = desk.done("start", "catstown")
    assert "datacats_solr_catstown was removed: it is made again from the database." in ran.err
    assert len(programs.rebuilt) == 1


@pytest.mark.parametrize("part", ["run", "redis", "mail"])
def test_what_a_site_does_without_is_made_again_and_said_and_its_services_let_go_of_the_old(
    catstown: Desk, part: str
) -> None:
    before = catstown.disk.entry(SITE / part)
    lose(catstown, part)
    ran = catstown.done("start", "catstown")
    assert f"{SITE}/{part}" in ran.err
    assert "was removed" in ran.err
    assert catstown.disk.entry(SITE / part) == before
    users = {"run": RUN_CKAN, "redis": ("datacats_redis_catstown",), "mail": ("datacats_mail_catstown",)}
    for container in users[part]:
        done = catstown.engine.mutations
        assert done.index(f"stop {container}") < done.index(f"start {container}")
    assert set(catstown.states().values()) == {"running"}
    catstown.forget()
    assert "removed" not in catstown.done("start", "catstown").err


def test_a_command_that_needs_no_web_does_not_leave_it_stopped(catstown: Desk) -> None:
    lose(catstown, "run")
    catstown.done("files", "export", "-", "-e", "catstown")
    assert "stop datacats_web_catstown" in catstown.engine.mutations
    assert set(catstown.states().values()) == {"running"}


def test_removed_extensions_are_installed_again_and_said(catstown: Desk) -> None:
    layers = HOME / "catstown" / "layers"
    (there,) = (name for name in catstown.disk.names(layers) if not name.startswith("described"))
    catstown.disk.tree.remove(layers)
    refused = catstown("ckan", "-e", "catstown", "db", "version")
    assert refused.status == NotFound.exit_code
    assert "datacats start catstown" in refused.err
    catstown.forget()
    ran = catstown.done("start", "catstown")
    assert f"{layers / there} was removed: the extensions are installed again." in ran.err
    assert catstown.disk.names(layers / there)
    done = catstown.engine.mutations
    assert done.index("stop datacats_web_catstown") < done.index("start datacats_web_catstown")


@pytest.mark.parametrize(
    ("part", "words", "next_step"),
    [
        ("postgres", "database", "datacats doctor catstown"),
        ("secrets.json", "keys and passwords", "datacats doctor catstown"),
        ("files", "uploaded files", "datacats doctor catstown"),
        ("solr", "search index", "datacats start catstown"),
        ("redis", "sessions and waiting jobs", "datacats start catstown"),
    ],
)
def test_info_and_doctor_tell_what_is_gone_and_what_is_next(
    catstown: Desk, part: str, words: str, next_step: str
) -> None:
    lose(catstown, part)
    shown = catstown.done("info", "catstown")
    assert shown.lines[-1].endswith(f"(without its {words}; next: {next_step})")
    (site,) = catstown.done("info", "catstown", "--json").result["sites"]
    assert (site["state"], site["lost"]) == ("broken", [words])
    assert "broken" in catstown.done("list").out
    examined = catstown("doctor", "catstown", "--json")
    told = json.dumps(examined.document)
    assert (FOR_GOOD[part][1] if part in FOR_GOOD else next_step) in told
    assert catstown.changes() == []


def test_new_secrets_are_made_when_they_are_asked_for_and_all_of_the_site_gets_them(catstown: Desk) -> None:
    before = catstown.disk.read(SITE / "run" / "redis" / "redis.conf")
    lose(catstown, "secrets.json")
    told = catstown.done("tweak", "--new-secrets", "--dry-run", "catstown").lines
    assert any("secrets.json" in line for line in told)
    assert catstown.changes() == []
    ran = catstown.done("tweak", "--new-secrets", "catstown")
    assert "everybody signs in again" in ran.out
    assert catstown.disk.read(SITE / "run" / "redis" / "redis.conf") != before
    done = catstown.engine.mutations
    for service in ("postgres", "redis", "web"):
        container = f"datacats_{service}_catstown"
        assert done.index(f"stop {container}") < done.index(f"start {container}")
    assert set(catstown.states().values()) == {"running"}


@pytest.mark.parametrize("words", ["start", "reload", "info", "stop", "ckan -e", "start --dry-run"])
def test_a_site_without_its_record_is_told_as_such_and_nothing_is_made_anew_in_its_place(
    catstown: Desk, words: str
) -> None:
    lose(catstown, "site.json")
    ran = catstown(*words.split(), "catstown", *(["db", "version"] if words == "ckan -e" else []))
    assert ran.status == ConfigError.exit_code
    assert f"{SITE}/site.json is gone" in ran.err
    assert "such as --production and --site-url" in ran.err
    assert catstown.changes() == []


def test_list_and_doctor_tell_of_a_site_without_its_record(catstown: Desk) -> None:
    lose(catstown, "site.json")
    assert f"{SITE}/site.json is gone" in catstown.done("list").out
    ran = catstown("doctor", "catstown")
    assert (ran.status, f"{SITE}/site.json is gone" in ran.out) == (19, True)


def test_a_site_of_which_only_containers_are_left_is_told_by_doctor(catstown: Desk) -> None:
    catstown.disk.tree.remove(SITE.parent)
    ran = catstown("doctor", "catstown")
    assert ran.status == 19
    assert f"All data of catstown is gone: somebody removed {SITE}." in ran.out
    assert "datacats purge -s primary catstown" in ran.out


@pytest.mark.parametrize("gone", [SITE / "site.json", SITE.parent])
@pytest.mark.parametrize("verb", ["init", "create"])
def test_no_site_is_made_beside_the_containers_of_one_whose_record_is_gone(
    catstown: Desk, gone: Path, verb: str
) -> None:
    catstown.disk.tree.remove(gone)
    catstown.forget()
    ran = catstown(verb, WORK / "catstown")
    assert (ran.status, catstown.changes()) == (5, [])
    for name in catstown.states():
        assert name in ran.err
    catstown.engine.world.containers.clear()
    catstown.done("init", WORK / "catstown", "5716", "--production", "--admin-password-stdin", stdin=b"correct horse\n")
    assert (catstown.site()["port"], catstown.site()["mode"]) == (5716, "production")
    cloned = any("clone" in change and "postgres" in change for change in catstown.disk.changes)
    assert cloned == (gone == SITE.parent)


def test_a_site_that_was_claimed_and_not_written_down_is_made_by_the_same_command(catstown: Desk) -> None:
    catstown.engine.world.containers.clear()
    for name in catstown.disk.names(SITE):
        if name not in {"secrets.json", "lock"}:
            catstown.disk.tree.remove(SITE / name)
    assert "datacats init" in catstown("start", "catstown").err
    catstown.done("init", "catstown")


@pytest.mark.parametrize("words", ["", "--new-secrets --admin-password"])
def test_tweak_changes_one_thing(catstown: Desk, words: str) -> None:
    ran = catstown("tweak", *words.split(), "catstown")
    assert ran.status == UsageError.exit_code
    assert catstown.changes() == []
