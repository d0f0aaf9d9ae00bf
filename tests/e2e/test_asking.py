"""Programs beside CKAN, and a site's services asked in their own languages."""

from __future__ import annotations

import json

from tests.e2e.conftest import Running


def ask(site: Running, *words: str, stdin: bytes = b"") -> str:
    command, *rest = words
    return site.installation.text(command, "-e", site.name, *rest, stdin=stdin).strip()


def test_psql_is_ckans_own_role_in_either_database(catstown: Running) -> None:
    sql = ("-Atc", "SELECT current_user, current_database()")
    assert ask(catstown, "psql", *sql) == "ckan|ckan"
    assert ask(catstown, "psql", "--datastore", *sql) == "ckan|datastore"


def test_solr_answers_a_query_and_refuses_a_bad_one_in_its_own_words(catstown: Running) -> None:
    assert json.loads(ask(catstown, "solr", "rows=0"))["response"]["docs"] == []
    done = catstown.installation.run("solr", "-e", catstown.name, "sort=none", status=16)
    assert b"Can't determine a Sort Order" in done.stderr


def test_redis_answers_without_a_password_being_given(catstown: Running) -> None:
    assert ask(catstown, "redis-cli", "PING") == "PONG"


def test_programs_run_beside_ckan_with_their_own_status_and_bytes(catstown: Running) -> None:
    assert ask(catstown, "python", "-c", "import ckan; print(ckan.__version__)").startswith("2.12.")
    data = bytes(range(256)) * 1000
    assert catstown.installation.run("run", "-e", catstown.name, "cat", stdin=data).stdout == data
    catstown.installation.run("run", "-e", catstown.name, "sh", "-c", "exit 7", status=7)


def test_a_shell_begins_in_the_extension_that_one_stands_in_and_finds_ckan(catstown: Running) -> None:
    extension = catstown.source / "ckanext-standing"
    extension.mkdir()
    try:
        (extension / "setup.py").touch()
        said = catstown.installation.text("shell", cwd=extension, stdin=b"pwd; command -v ckan\n")
    finally:
        (extension / "setup.py").unlink()
        extension.rmdir()
    assert said.splitlines() == ["/project/ckanext-standing", "/usr/lib/ckan/bin/ckan"]
