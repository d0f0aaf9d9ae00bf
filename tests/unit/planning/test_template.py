"""Making a template: nothing secret is left in what is sealed, and the seal is the last thing that can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.model.environment import Placement
from datacats.model.plan import CloneTree, MakeDirectory, MovePath, Plan, RunSql, StopContainer
from datacats.model.secrets import Secrets
from datacats.planning import template
from datacats.services import postgres, volumes, web
from tests.unit.builders import context

WORKING, SEALED = Path("/t/working"), Path("/t/sealed")
MADE = WORKING / "sites" / "primary"
SITE = context(placement=Placement.VOLUMES)
SECRETS = Secrets.fresh()


def sql(what: str) -> RunSql:
    return postgres.statements(SITE, "ckan", "SELECT 1", what=what, cause="x")


STEPS = template.TemplateSteps(
    initialise=postgres.initialise(SITE),
    start=Plan.of([sql("start")]),
    first_roles=postgres.first_roles(SITE, SECRETS, cause="x"),
    migrate=[web.one_off(SITE, web.MIGRATE, purpose="template")],
    scrub=[sql("scrub")],
    stop=Plan.of([StopContainer("datacats_postgres_catstown", 60, cause="x")]),
    discard=volumes.without_template(SITE),
)


def texts() -> list[str]:
    return [str(step) for step in template.make(WORKING, SEALED, MADE, STEPS)]


def test_a_template_is_initialised_filled_scrubbed_stopped_cleared_written_out_and_sealed_in_that_order() -> None:
    assert texts() == [
        "make a database cluster",
        "run SQL in datacats_postgres_catstown: start",
        "run SQL in datacats_postgres_catstown: roles and databases",
        "migrate both databases",
        "run SQL in datacats_postgres_catstown: scrub",
        "stop datacats_postgres_catstown",
        *(f"remove volume datacats_{part}_catstown" for part in ("run-web", "run-redis", "redis", "source")),
        "remove /t/working/sites/primary/run",
        "remove /t/working/sites/primary/redis",
        "remove /t/working/sites/primary/mail",
        "write out /t/working/sites/primary",
        "move /t/working/sites/primary to /t/sealed",
        "remove /t/working",
    ]


def test_all_that_is_private_is_gone_before_the_seal() -> None:
    found = texts()
    sealed = found.index(f"move {MADE} to {SEALED}")
    for part in ("run", "redis", "mail"):
        assert found.index(f"remove {MADE / part}") < sealed


def test_what_a_template_keeps_is_not_removed_before_the_seal() -> None:
    for part in template.PARTS:
        assert f"remove {MADE / part}" not in texts()


@pytest.mark.parametrize("table", ['"user"', "api_token"])
def test_no_row_that_could_sign_anybody_in_is_kept(table: str) -> None:
    assert f"DELETE FROM {table};" in template.SCRUB_CKAN.splitlines()  # noqa: S608 - compared, not run


def test_deleted_users_are_not_left_in_the_pages_of_their_table() -> None:
    lines = template.SCRUB_CKAN.splitlines()
    assert lines.index('VACUUM FULL "user";') > lines.index('DELETE FROM "user";')


@pytest.mark.parametrize("role", ["ckan", "datastore_ro"])
def test_no_role_has_a_password_in_a_template(role: str) -> None:
    lines = template.SCRUB_CLUSTER.splitlines()
    assert lines.index(f"ALTER ROLE {role} PASSWORD NULL;") < lines.index("VACUUM FULL pg_authid;")


def test_a_new_site_has_a_directory_for_each_part_closed_to_others() -> None:
    steps = template.directories(Path("/s"), (5, 6), "why")
    assert {str(step.path.relative_to("/s")) for step in steps} == {
        *("run/web", "run/redis", "redis", "mail", "postgres", "solr", "files", "files/storage"),
    }
    assert {(step.mode, step.owner, step.cause) for step in steps} == {(0o700, (5, 6), "why")}
    assert all(isinstance(step, MakeDirectory) for step in steps)


@pytest.mark.parametrize("missing", [(), ("solr",), ("postgres", "files"), template.PARTS])
def test_a_new_site_gets_the_parts_that_it_lacks_and_no_other(missing: tuple[str, ...]) -> None:
    there = {part: part not in missing for part in template.PARTS}
    plan = template.populate(SEALED, Path("/s"), (5, 6), there)
    assert list(plan) == [
        CloneTree(
            source=SEALED / part, target=Path("/s") / part, owner=(5, 6), cause="a new site starts from the template"
        )
        for part in template.PARTS
        if part in missing
    ]


def test_the_seal_is_a_rename_so_that_half_a_template_never_has_its_name() -> None:
    moves = [step for step in template.make(WORKING, SEALED, MADE, STEPS) if isinstance(step, MovePath)]
    assert [(step.source, step.target) for step in moves] == [(MADE, SEALED)]
