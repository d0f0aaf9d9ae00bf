"""What the backing services hold: rows per table, and documents found, told by the programs themselves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from datacats.model import labels
from datacats.model.names import container_name
from tests.e2e.sweep.stage import Stage

_PSQL = ("psql", "-X", "-q", "-At", "-U", "postgres", "-h", "/run/postgresql", "-d")
_ROWS = """
SELECT format('%s.%s', table_schema, table_name), (xpath('/row/c/text()',
  query_to_xml(format('SELECT count(*) AS c FROM %I.%I', table_schema, table_name), false, true, '')))[1]
FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE' ORDER BY 1
"""
_DATABASES = "SELECT datname FROM pg_database ORDER BY 1"
_USERS = 'SELECT name, sysadmin, state FROM "user" ORDER BY 1'
_ROLES = "SELECT rolname, rolcanlogin, rolpassword IS NOT NULL FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY 1"
_QUESTIONS = {
    "databases": ("postgres", _DATABASES),
    "roles": ("postgres", _ROLES),
    "ckan": ("ckan", _ROWS),
    "datastore": ("datastore", _ROWS),
    "users": ("ckan", _USERS),
}
_SEARCH = (
    "import urllib.request, json;"
    "url = 'http://solr:8983/solr/ckan/select?q=*:*&rows=0';"
    "print(json.load(urllib.request.urlopen(url, timeout=20))['response']['numFound'])"
)


def stored(stage: Stage) -> dict[str, Any]:
    """Return what PostgreSQL and Solr hold; of services that do not run, nothing is told."""
    running = {each["Labels"].get(labels.SERVICE) for each in stage.containers(status="running")}
    asked: dict[str, Callable[[], list[str]]] = {}
    if "postgres" in running:
        asked |= {name: partial(_sql, stage, *question) for name, question in _QUESTIONS.items()}
    if {"web", "solr"} <= running:
        asked["search"] = partial(_inside, stage, "web", "python", "-c", _SEARCH)
    with ThreadPoolExecutor() as pool:
        return dict(zip(asked, pool.map(lambda ask: ask(), asked.values()), strict=True))


def _sql(stage: Stage, database: str, sql: str) -> list[str]:
    return _inside(stage, "postgres", *_PSQL, database, "-c", sql)


def _inside(stage: Stage, service: str, *command: str) -> list[str]:
    container = container_name(service, stage.name, "primary")
    identity = stage.engine.exec_create(container, list(command))["Id"]
    output: bytes = stage.engine.exec_start(identity)
    return output.decode().splitlines()
