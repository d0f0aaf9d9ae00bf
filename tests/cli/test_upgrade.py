"""``upgrade`` and ``tweak``: what changes of a site that is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datacats.engine.fake_world import Call, Outcome
from datacats.model import labels
from datacats.model.image import ImageRef
from tests.support.desk import HOME, WORK, Desk

OLD = "datacats/web:2.12.0-0123456789ab"
RECORD = HOME / "catstown" / "sites" / "primary" / "site.json"


def rewrite(desk: Desk, **changes: Any) -> None:
    desk.disk.add(RECORD, json.dumps({**json.loads(desk.disk.read(RECORD)), **changes}).encode())


@pytest.fixture
def behind(catstown: Desk) -> Desk:
    """A site that runs on an older web image."""
    catstown.engine.world.add_image(ImageRef.parse(OLD), labels={labels.RECIPE: "old"})
    rewrite(catstown, images={**catstown.site()["images"], "web": OLD})
    catstown.done("start", "catstown")
    catstown.forget()
    return catstown


def test_a_site_keeps_the_image_it_was_made_with_until_it_is_upgraded(behind: Desk) -> None:
    behind.done("reload", "catstown")
    assert str(behind.engine.world.container("datacats_web_catstown").spec.image) == OLD


def test_upgrade_stops_web_migrates_and_starts_the_new_one(behind: Desk) -> None:
    commands: list[str] = []

    def program(call: Call) -> Outcome:
        if call.main and not call.container.startswith("datacats_"):
            commands.append(" ".join(call.command))
            assert behind.states()["datacats_web_catstown"] == "exited"
        return Outcome(None if call.container.startswith("datacats_") and call.main else 0)

    behind.engine.world.program = program
    ran = behind.done("upgrade", "catstown")
    new = behind.site()["images"]["web"]
    assert ran.lines[0] == f"web: {new}"
    assert commands == ["python /usr/lib/datacats/migrate.py"]
    assert str(behind.engine.world.container("datacats_web_catstown").spec.image) == new
    assert (behind.site()["previous"]["web"], behind.site()["phase"]) == (OLD, "created")


def test_upgrade_of_the_newest_changes_nothing_and_says_so(catstown: Desk) -> None:
    assert catstown.done("upgrade", "catstown").lines[0] == "There is nothing newer."
    assert catstown.changes() == []


def test_upgrade_as_json_tells_before_and_now(behind: Desk) -> None:
    images = behind.done("upgrade", "catstown", "--json").result["images"]
    assert images["web"]["before"] == OLD
    assert images["web"]["now"] != OLD
    assert images["redis"]["before"] == images["redis"]["now"]


def test_rollback_goes_back_to_the_recorded_images(behind: Desk) -> None:
    behind.done("upgrade", "catstown")
    behind.done("upgrade", "catstown", "--rollback")
    assert str(behind.engine.world.container("datacats_web_catstown").spec.image) == OLD
    assert behind.site()["images"]["web"] == OLD


def test_rollback_with_nothing_recorded_is_refused(catstown: Desk) -> None:
    ran = catstown("upgrade", "catstown", "--rollback")
    assert ran.status == 5
    assert "No earlier images" in ran.err


def test_a_dry_run_of_upgrade_says_what_becomes_what_and_does_nothing(behind: Desk) -> None:
    ran = behind.done("upgrade", "catstown", "--dry-run")
    assert (
        "then stop what runs CKAN; replace the services whose image changes (web becomes datacats/web:2.12.0-"
        in ran.out
    )
    assert behind.changes() == []
    behind.done("upgrade", "catstown")
    assert behind.done("upgrade", "catstown", "--dry-run").out == "Nothing to do.\n"


def fail_migration(desk: Desk) -> None:
    def program(call: Call) -> Outcome:
        if "migrate.py" in " ".join(call.command):
            return Outcome(1, b"", b"no such column\n")
        return Outcome(None if call.main else 0)

    desk.engine.world.program = program


def test_a_migration_that_fails_is_shown_and_the_way_on_and_the_way_back_are_open(behind: Desk) -> None:
    fail_migration(behind)
    ran = behind("upgrade", "catstown")
    assert ran.status == 16
    assert "  | no such column" in ran.err
    assert behind.site()["phase"] == "upgrading"
    assert "its upgrade was interrupted" in behind("start", "catstown").err
    behind.engine.world.program = lambda call: Outcome(None if call.main and "datacats_" in call.container else 0)
    behind.done("upgrade", "catstown", "--rollback")
    assert behind.site()["images"]["web"] == OLD
    assert behind.done("start", "catstown").out.startswith("Already running")


def test_an_interrupted_upgrade_is_carried_on_by_the_same_command(behind: Desk) -> None:
    fail_migration(behind)
    behind("upgrade", "catstown")
    behind.engine.world.program = lambda call: Outcome(None if call.main and "datacats_" in call.container else 0)
    ran = behind.done("upgrade", "catstown", "--json")
    assert ran.result["images"]["web"]["before"] == OLD
    assert behind.site()["phase"] == "created"


def test_upgrade_to_another_line_is_refused_with_the_road_that_leads_there(catstown: Desk) -> None:
    path = catstown.cwd / "catstown" / "datacats.toml"
    catstown.disk.add(path, catstown.disk.read(path).replace(b'"2.12"', b'"2.11"'))
    ran = catstown("upgrade", "catstown")
    assert ran.status == 5
    assert "datacats db load" in ran.err


def test_a_new_password_is_set_and_a_made_one_is_shown_even_to_who_wants_quiet(catstown: Desk) -> None:
    assert catstown.done("tweak", "-p", "catstown", "-q").out.startswith("The password of admin is now ")
    chosen = catstown.done("tweak", "--admin-password-stdin", "catstown", stdin=b"correct horse\n")
    assert chosen.out == "The password of admin is changed.\n"
    assert catstown.done("tweak", "-p", "catstown", "--json").result["password"]


def test_tweak_starts_the_database_that_it_needs(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    catstown.done("tweak", "-p", "catstown")
    assert catstown.states()["datacats_postgres_catstown"] == "running"
    assert catstown.states()["datacats_web_catstown"] == "exited"


def test_tweak_of_another_site_changes_that_one(catstown: Desk) -> None:
    catstown.done("init", "catstown", "-s", "staging")
    seen: list[str] = []

    def program(call: Call) -> Outcome:
        seen.append(call.container)
        return Outcome(None if call.main else 0)

    catstown.engine.world.program = program
    catstown.done("tweak", "-p", "-s", "staging", "catstown")
    assert seen == ["datacats_postgres_catstown_staging"]


def test_tweak_of_nothing_says_what_it_can_change(catstown: Desk) -> None:
    ran = catstown("tweak", "catstown")
    assert ran.status == 2
    assert "datacats tweak --admin-password" in ran.err


def test_a_dry_run_of_tweak_asks_for_no_password_and_does_nothing(catstown: Desk) -> None:
    ran = catstown.done("tweak", "-p", "catstown", "--dry-run")
    assert ran.lines == ["1 run SQL in datacats_postgres_catstown: the password of admin (asked for)"]
    assert catstown.changes() == []


@pytest.fixture
def of_another_line(catstown: Desk) -> Desk:
    """A site whose environment asks for another line of CKAN than it runs."""
    path = WORK / "catstown" / "datacats.toml"
    catstown.disk.add(path, catstown.disk.read(path).replace(b'ckan = "2.12"', b'ckan = "2.11"'))
    return catstown


@pytest.mark.parametrize(("command", "status"), [("start", 0), ("reload", 0), ("doctor", 0), ("upgrade", 5)])
def test_where_another_line_of_ckan_is_asked_for_the_ways_that_there_are_are_told(
    of_another_line: Desk, command: str, status: int
) -> None:
    ran = of_another_line(command, "catstown")
    said = ran.out + ran.err
    assert ran.status == status
    assert "catstown runs CKAN 2.12.0; 2.11.6, which " in said
    assert f'Put ckan = "2.12" back into {WORK}/catstown/datacats.toml' in said
    assert "make a new environment of CKAN 2.11" in said
    for step in ("db dump FILE -e catstown", "create NAME --ckan 2.11", "db load FILE -e NAME"):
        assert f"datacats {step}" in said
    assert "datacats upgrade" not in said


def test_info_tells_what_runs_and_not_what_is_asked_for(of_another_line: Desk) -> None:
    told = of_another_line.done("info", "catstown", "--json").result
    assert (told["ckan"], told["sites"][0]["ckan"]) == ("2.12.0", "2.12.0")
