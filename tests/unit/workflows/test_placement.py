"""Where the parts of a site lie on each kind of engine, through every command, in memory."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.errors import EngineUnreachable
from datacats.model import labels
from datacats.model.service import VolumeSpec
from tests.support.desk import HOME, WORK, Desk

STATE = {f"datacats_{part}_catstown" for part in ("postgres", "solr", "redis", "files")}
PRIVATE = {"datacats_run-web_catstown", "datacats_run-redis_catstown"}


class Programs:
    """Programs on an engine; ``foreign`` ones run as users that this host does not know. ``fed`` is what they read."""

    def __init__(self, *, foreign: bool) -> None:
        self.foreign = foreign
        self.fed: list[bytes] = []

    def __call__(self, call: Call) -> Outcome:
        if call.main and call.stdin:
            self.fed.append(call.stdin)
        if call.main and call.container.startswith("datacats_"):
            return Outcome(None)
        return Outcome(64 if self.foreign and "/own" in call.command[2:3].__str__() else 0)


def volumes(desk: Desk, name: str = "catstown") -> set[str]:
    marks = (labels.ENVIRONMENT, name)
    return {each for each, spec in desk.engine.world.volumes.items() if spec.labels.get(marks[0]) == marks[1]}


def probes(desk: Desk) -> list[str]:
    return [change for change in desk.disk.changes if "_probe" in change]


@pytest.fixture
def foreign(desk: Desk) -> Desk:
    """A machine whose engine sees our files, but runs containers as users of its own."""
    desk.engine.world.program = Programs(foreign=True)
    return desk


@pytest.fixture
def blind(desk: Desk) -> Desk:
    """A machine whose engine does not see our files."""
    desk.engine.world.program = Programs(foreign=False)
    desk.engine.world.blind = True
    return desk


def files_in(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return {entry.name: found.read() for entry in opened if (found := opened.extractfile(entry))}


def fed(desk: Desk) -> list[dict[str, bytes]]:
    program = desk.engine.world.program
    assert isinstance(program, Programs)
    return [files_in(each) for each in program.fed]


def test_where_containers_may_use_our_files_data_lies_in_the_data_directory(desk: Desk) -> None:
    desk.create("catstown")
    assert desk.site()["placement"] == "bind"
    assert not desk.engine.world.volumes


def test_what_an_engine_can_do_is_found_out_once(desk: Desk) -> None:
    desk.done("create", "catstown")
    assert probes(desk)
    desk.forget()
    desk.done("create", "dogstown")
    assert not probes(desk)


def test_another_engine_at_the_same_address_is_looked_at_anew(desk: Desk) -> None:
    desk.create("catstown")
    desk.engine.world.identifier = "ANOTHER"
    desk.engine.world.program = Programs(foreign=True)
    desk.create("dogstown")
    assert [desk.site(name)["placement"] for name in ("catstown", "dogstown")] == ["bind", "volumes"]


def test_the_look_leaves_nothing(desk: Desk) -> None:
    desk.create("catstown")
    assert not [name for name in desk.disk.names(HOME) if "probe" in name]


def cut_off(desk: Desk, name: str) -> list[str]:
    """Lose the engine while a create looks, so that nobody removes its container; return what is left."""
    world = desk.engine.world
    program, lost = world.program, EngineUnreachable("The connection broke off.", "")

    def lose(_call: Call) -> Outcome:
        raise lost

    world.program = lose
    world.failures["remove random"] = lost
    assert desk("create", name).status == lost.exit_code
    world.program = program
    world.failures.clear()
    return list(desk.states())


def test_what_a_look_that_was_cut_off_has_left_goes_with_the_next(desk: Desk) -> None:
    (left,) = cut_off(desk, "catstown")
    desk.done("create", "dogstown")
    assert left not in desk.states()


def test_the_look_of_another_data_root_is_left_to_it(desk: Desk) -> None:
    (left,) = cut_off(desk, "catstown")
    theirs = desk.engine.world.containers[left]
    theirs.spec = replace(theirs.spec, labels={**theirs.spec.labels, labels.ROOT: "another"})
    desk.done("create", "dogstown")
    assert left in desk.states()


def test_doctor_removes_what_a_look_that_was_cut_off_has_left(desk: Desk) -> None:
    cut_off(desk, "catstown")
    desk("doctor", "--fix")
    assert not desk.states()


def test_a_first_container_that_fails_in_another_way_is_told_and_nothing_is_concluded(desk: Desk) -> None:
    desk.engine.world.program = lambda _call: Outcome(127)
    ran = desk("create", "catstown")
    assert (ran.status, "status 127" in ran.err) == (7, True)
    assert desk.disk.entry(HOME / "_engines.json") is None


def test_nobody_asks_about_volumes_where_data_lies_in_the_data_directory(
    catstown: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(type(catstown.engine.world), "ask", lambda _world, words: asked.append(words))
    for words in (("start",), ("reload",), ("stop",), ("info",), ("purge", "-y")):
        catstown.done(words[0], "catstown", *words[1:])
    assert asked
    assert not [each for each in asked if "volume" in each]


def test_data_of_a_site_on_a_foreign_engine_lies_in_volumes_that_say_whose_they_are(foreign: Desk) -> None:
    ran = foreign.done("create", "catstown", "--admin-password-stdin", stdin=b"correct horse\n")
    assert "data goes into volumes" in ran.err
    assert volumes(foreign) == STATE | PRIVATE
    marks = foreign.engine.world.volumes["datacats_postgres_catstown"].labels
    assert (marks[labels.HOME], marks[labels.SITE]) == (str(HOME), "primary")
    assert not [name for name in foreign.disk.names(HOME / "catstown/sites/primary") if name in {"postgres", "run"}]


def test_secrets_reach_their_volume_by_standard_input_alone(foreign: Desk) -> None:
    foreign.done("create", "catstown")
    record: dict[str, Any] = json.loads(foreign.disk.read(HOME / "catstown/sites/primary/secrets.json"))
    secret = record["redis"].encode()
    assert [set(each) for each in fed(foreign) if secret in b"".join(each.values())] == [{"ckan.ini"}, {"redis.conf"}]
    assert record["redis"] not in str(foreign.changes())
    assert record["redis"] not in repr([each.spec for each in foreign.engine.world.containers.values()])


def test_the_template_in_volumes_keeps_no_secret_and_serves_the_next_site(foreign: Desk) -> None:
    foreign.create("catstown")
    kept = {name.partition("__template_")[0] for name in volumes(foreign, "_template")}
    assert kept == {"datacats_postgres", "datacats_solr", "datacats_files"}
    foreign.create("dogstown")
    assert {name.partition("__template_")[0] for name in volumes(foreign, "_template")} == kept


def test_a_template_whose_volume_somebody_removed_is_made_again(foreign: Desk) -> None:
    foreign.create("catstown")
    before = volumes(foreign, "_template")
    del foreign.engine.world.volumes[min(before)]
    foreign.create("dogstown")
    assert volumes(foreign, "_template") == before


def test_nothing_is_done_to_a_site_in_volumes_that_matches(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.done("start", "catstown")
    assert foreign.changes() == []


def test_a_changed_choice_fills_the_volume_of_web_and_no_other(foreign: Desk) -> None:
    foreign.create("catstown")
    program = foreign.engine.world.program
    assert isinstance(program, Programs)
    program.fed.clear()
    foreign.done("start", "catstown", "--site-url", "https://cats.example.org")
    (filled,) = [each for each in fed(foreign) if "ckan.ini" in each or "redis.conf" in each]
    assert b"https://cats.example.org" in filled["ckan.ini"]


def test_private_files_that_were_lost_are_placed_again(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.engine.world.containers.clear()
    del foreign.engine.world.volumes["datacats_run-redis_catstown"]
    foreign.done("start", "catstown")
    assert "datacats_run-redis_catstown" in volumes(foreign)


def test_lost_state_is_named_and_not_replaced_by_an_empty_one(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.engine.world.containers.clear()
    del foreign.engine.world.volumes["datacats_postgres_catstown"]
    ran = foreign("start", "catstown")
    assert (ran.status, "datacats_postgres_catstown" in ran.err) == (4, True)
    assert "datacats_postgres_catstown" not in volumes(foreign)


def test_a_foreign_volume_with_one_of_our_names_is_refused_and_left_alone(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.engine.world.volumes["datacats_files_catstown"] = VolumeSpec("datacats_files_catstown", {})
    ran = foreign("reload", "catstown")
    assert (ran.status, "docker volume rm datacats_files_catstown" in ran.err) == (5, True)
    foreign.done("purge", "catstown", "-y")
    assert "datacats_files_catstown" in foreign.engine.world.volumes


def test_purge_says_and_removes_the_volumes_of_that_site_only(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.done("init", "catstown", "-s", "blue", "--image-only")
    plan = foreign.done("purge", "catstown", "-s", "primary", "--dry-run").out
    assert "remove volume datacats_postgres_catstown " in plan
    foreign.done("purge", "catstown", "-s", "primary", "-y")
    assert volumes(foreign)
    assert all(name.endswith("_catstown_blue") for name in volumes(foreign))
    foreign.done("purge", "catstown", "-y")
    assert not volumes(foreign)


def test_a_damaged_record_does_not_keep_volumes_from_being_purged(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.disk.add(HOME / "catstown/sites/primary/site.json", b"{")
    foreign.done("purge", "catstown", "-y")
    assert not volumes(foreign)


def test_clean_on_failure_takes_the_volumes_away_too(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.disk.refused.clear()
    program = foreign.engine.world.program

    def fail(call: Call) -> Outcome:
        return Outcome(1) if b'INSERT INTO "user"' in call.stdin else program(call)

    foreign.engine.world.program = fail
    assert foreign("create", "dogstown", "--clean-on-failure").status == 16
    assert not volumes(foreign, "dogstown")


def test_a_source_that_is_closed_to_the_engines_users_is_named_with_what_opens_it(foreign: Desk) -> None:
    foreign.create("catstown")
    source = foreign.disk.tree.followed(WORK / "catstown")
    object.__setattr__(source, "mode", 0o700)
    ran = foreign("reload", "catstown")
    assert (ran.status, f"chmod -R go+rX {WORK / 'catstown'}" in ran.err) == (3, True)


def test_info_says_where_the_data_is(foreign: Desk) -> None:
    foreign.create("catstown")
    (line,) = [each for each in foreign.done("info", "catstown").lines if each.startswith("Data dir: ")]
    assert line == f"Data dir: {HOME / 'catstown'} (data in the volumes {' '.join(_in_order())})"
    (site,) = foreign.done("info", "catstown", "--json").result["sites"]
    assert set(site["volumes"].values()) == STATE


def _in_order() -> list[str]:
    return [f"datacats_{part}_catstown" for part in ("postgres", "solr", "redis", "files")]


def test_a_further_site_says_where_its_data_is(foreign: Desk) -> None:
    foreign.create("catstown")
    foreign.done("init", "catstown", "-s", "blue", "--image-only")
    lines = foreign.done("info", "catstown").lines
    assert any("datacats_solr_catstown_blue" in line for line in lines[lines.index("Site: blue") :])


def test_development_on_an_engine_that_does_not_see_the_source_is_refused_and_says_what_works(blind: Desk) -> None:
    ran = blind("create", "catstown", "--bare")
    assert (ran.status, "does not see" in ran.err, "--production" in ran.err) == (5, True, True)
    assert not blind.engine.world.volumes
    assert not blind.engine.world.containers


def test_production_on_such_an_engine_gets_a_copy_of_the_source_and_no_path_of_this_host(blind: Desk) -> None:
    blind("create", "catstown", "--bare")
    blind.create("catstown", "--bare", "--production")
    assert volumes(blind) == STATE | PRIVATE | {"datacats_source_catstown"}
    (copy,) = [each for each in fed(blind) if "datacats.toml" in each]
    assert set(copy) == {"datacats.toml", "ckan.ini", ".gitignore"}


def test_reload_copies_a_changed_source_without_what_git_keeps(blind: Desk) -> None:
    blind.create("catstown", "--bare", "--production")
    first = blind.engine.world.container("datacats_web_catstown").id
    program = blind.engine.world.program
    assert isinstance(program, Programs)
    program.fed.clear()
    blind.disk.add(WORK / "catstown/templates/home.html", b"meow")
    blind.disk.add(WORK / "catstown/.git/HEAD", b"ref")
    blind.done("start", "catstown")
    (copy,) = [each for each in fed(blind) if "datacats.toml" in each]
    assert copy["templates/home.html"] == b"meow"
    assert ".git/HEAD" not in copy
    assert blind.engine.world.container("datacats_web_catstown").id != first


def test_a_site_with_a_copy_does_not_turn_to_development(blind: Desk) -> None:
    blind.create("catstown", "--bare", "--production")
    ran = blind("start", "catstown", "--development")
    assert (ran.status, "does not see" in ran.err) == (5, True)
    blind.done("start", "catstown", "--production")


def test_extensions_are_refused_where_containers_cannot_use_the_data_directory(foreign: Desk) -> None:
    foreign.create("catstown")
    ran = foreign("install", "ckanext-scheming", "-e", "catstown")
    assert (ran.status, "cannot have these extensions" in ran.err) == (5, True)
    assert foreign.changes() == []
