"""A template opens no door: nothing that can be read in it, or in one site, signs in to another."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.e2e.conftest import Running

_WORD = re.compile(rb"[A-Za-z0-9_\-.$/+=]{8,200}")


def words_below(directory: Path) -> set[str]:
    """Every text in the files that could be a password, a key, or a hash."""
    return {
        word.decode() for path in directory.rglob("*") if path.is_file() for word in _WORD.findall(path.read_bytes())
    }


def psql(site: Running, sql: str, database: str = "ckan") -> list[str]:
    command = ("psql", "-U", "postgres", "-h", "/run/postgresql", "-At", database, "-c", sql)
    return site.installation.text("exec", "-e", site.name, "postgres", *command).split()


def test_the_template_holds_no_user_no_token_and_no_role_password(catstown: Running) -> None:
    templates = catstown.installation.home / "_templates"
    secrets = [value for value in json.loads((catstown.data / "secrets.json").read_text()).values() if value != 1]
    words = words_below(templates)
    assert words
    assert not [secret for secret in secrets if any(secret in word for word in words)]
    assert not list(templates.rglob("*.ini"))
    assert not list(templates.rglob("secrets.json"))


def test_no_user_of_a_site_is_older_than_the_site(catstown: Running) -> None:
    assert sorted(psql(catstown, 'select name from "user"')) == sorted(["admin", catstown.name])


def test_nothing_readable_in_the_template_or_in_site_a_signs_in_to_site_b(catstown: Running, sandbox: Running) -> None:
    templates = (catstown.installation.home / "_templates").iterdir()
    words = {word for template in templates for word in words_below(template / "postgres")}
    hashes = [word for word in words if word.startswith(("$pbkdf2", "SCRAM-SHA"))]
    keys = psql(catstown, 'select apikey from "user" where apikey is not null')
    passwords = psql(catstown, 'select password from "user" where password is not null')
    secrets = [str(value) for value in json.loads((catstown.data / "secrets.json").read_text()).values()]
    tries = [*hashes, *keys, *passwords, *secrets, catstown.ckan.token]
    assert tries
    for name in ("admin", "default", catstown.name, sandbox.name):
        assert not [text for text in tries if sandbox.ckan.sign_in(name, text)]
    token, sandbox.ckan.token = sandbox.ckan.token, ""
    for text in tries:
        sandbox.ckan.token = text
        assert sandbox.ckan.ask("api_token_list", user_id="admin")[0] == 403
    sandbox.ckan.token = token


def test_no_file_below_source_and_data_belongs_to_another(catstown: Running) -> None:
    owner = catstown.source.stat().st_uid
    assert owner != 0
    for directory in (catstown.source, catstown.data):
        command = ["find", str(directory), "!", "-uid", str(owner)]
        assert subprocess.run(command, capture_output=True, check=True).stdout == b""
