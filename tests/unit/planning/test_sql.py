"""The SQL that makes administrators and replaces databases."""

from __future__ import annotations

import re

import pytest

from datacats.model.hashing import ckan_hash
from datacats.planning import admin, database

HASH = ckan_hash("correct horse")


def test_an_administrator_is_made_or_made_whole_again_by_the_same_words() -> None:
    sql = admin.upsert(HASH)
    assert sql.count(HASH) == 1
    assert "'admin', " in sql
    assert "ON CONFLICT (name) DO UPDATE SET password = excluded.password, sysadmin = true, state = 'active'" in sql


def test_the_password_itself_is_nowhere_in_it() -> None:
    assert "correct horse" not in admin.upsert(HASH)


def test_two_administrators_share_neither_number_nor_address() -> None:
    first, second = admin.upsert(HASH, "amy"), admin.upsert(HASH, "zoe")
    numbers = [re.findall(r"VALUES \('([0-9a-f-]{36})'", sql) for sql in (first, second)]
    assert len({number for found in numbers for number in found}) == 2
    assert "'amy@example.com'" in first
    assert "'zoe@example.com'" in second


@pytest.mark.parametrize("name", ["ckan", "datastore"])
def test_a_database_is_loaded_beside_the_one_that_is_used(name: str) -> None:
    sql = database.prepare(name)
    assert f"DATABASE {name};" not in sql
    assert f"DROP DATABASE IF EXISTS {name}_loading WITH (FORCE);" in sql
    assert f"CREATE DATABASE {name}_loading OWNER ckan;" in sql


def test_what_is_being_loaded_is_closed_to_the_role_that_only_reads() -> None:
    lines = database.prepare("datastore").splitlines()
    assert lines.index("REVOKE CONNECT ON DATABASE datastore_loading FROM PUBLIC;") < lines.index(
        "GRANT CONNECT ON DATABASE datastore_loading TO ckan;"
    )


def test_ckans_database_stays_closed_when_it_is_emptied_and_the_datastore_stays_open() -> None:
    assert "REVOKE CONNECT ON DATABASE ckan FROM PUBLIC;" in database.empty("ckan")
    assert "CONNECT" not in database.empty("datastore")


@pytest.mark.parametrize("name", ["ckan", "datastore"])
def test_an_emptied_database_belongs_to_ckan(name: str) -> None:
    assert database.empty(name).startswith(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE);\nCREATE DATABASE {name} OWNER ckan;\n"
    )


def names_after(start: set[str], *programs: str) -> set[str]:
    """Carry out the renames and drops of some SQL on a set of names."""
    held = set(start)
    for line in "".join(programs).splitlines():
        if renamed := re.fullmatch(r"ALTER DATABASE (\w+) RENAME TO (\w+);", line):
            assert renamed[1] in held
            assert renamed[2] not in held
            held = held - {renamed[1]} | {renamed[2]}
        elif dropped := re.fullmatch(r"DROP DATABASE IF EXISTS (\w+) WITH \(FORCE\);", line):
            held.discard(dropped[1])
    return held


BEFORE = {"ckan", "ckan_loading"}


def test_the_old_database_is_kept_until_the_new_one_has_proved_itself() -> None:
    assert names_after(BEFORE, database.swap("ckan")) == {"ckan", "ckan_before"}
    assert names_after(BEFORE, database.swap("ckan"), database.forget("ckan")) == {"ckan"}


def test_a_swap_can_be_taken_back() -> None:
    assert names_after(BEFORE, database.swap("ckan"), database.swap_back("ckan")) == BEFORE


@pytest.mark.parametrize("program", [database.swap, database.swap_back])
def test_nobody_is_connected_while_names_are_changed(program: object) -> None:
    first, *rest = program("datastore").splitlines()  # type: ignore[operator]
    assert first.startswith("SELECT pg_terminate_backend(pid)")
    assert "datname = 'datastore'" in first
    assert len([line for line in rest if line.startswith("ALTER DATABASE")]) == 2


def test_a_swap_is_taken_back_only_where_there_was_one() -> None:
    asked = "IF EXISTS (SELECT FROM pg_database WHERE datname = 'ckan_before') THEN"
    _, condition, *renamed, end = database.swap_back("ckan").splitlines()
    assert (condition, end) == (f"DO $$ BEGIN {asked}", "END IF; END $$;")
    assert all(line.startswith("ALTER DATABASE") for line in renamed)
