"""Choices of PostgreSQL, Solr and the images that would be costly, or too late, to make when somebody misses them."""

from __future__ import annotations

import io
import json
import tarfile

import docker
import pytest

from datacats.model import labels
from datacats.model.image import ROLES
from tests.e2e.conftest import Running

CLUSTER = {
    "data_checksums": "on",
    "lc_collate": "C.UTF-8",
    "lc_ctype": "C.UTF-8",
    "password_encryption": "scram-sha-256",
    "server_encoding": "UTF8",
}

AS_READER = """\
import configparser, json, sys
import psycopg2

ini = configparser.RawConfigParser()
ini.read("/run/datacats/ckan.ini")
url = ini["app:main"]["ckan.datastore.read_url"]


def outcome(database, sql):
    place = url.rpartition("/")[0] + "/" + database
    try:
        with psycopg2.connect(place) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
    except psycopg2.Error as error:
        return str(error).strip()
    return "done"


print(json.dumps([outcome(*each) for each in json.load(sys.stdin)]))
"""


def inside(site: Running, service: str, *command: str, stdin: bytes = b"") -> bytes:
    """What a command in the container of a service prints."""
    return site.installation.run("exec", "-e", site.name, service, *command, stdin=stdin).stdout


def test_a_cluster_has_what_cannot_be_added_to_it_later(catstown: Running, engine: docker.APIClient) -> None:
    wanted = ", ".join(f"'{name}'" for name in CLUSTER)
    sql = f"SELECT json_object_agg(name, setting) FROM pg_settings WHERE name IN ({wanted})"  # noqa: S608 - ours
    assert json.loads(inside(catstown, "postgres", "psql", "-Atc", sql, "ckan")) == CLUSTER
    host = engine.inspect_container(f"datacats_postgres_{catstown.name}")["HostConfig"]
    assert host["ShmSize"] == 256 << 20


def test_a_running_cluster_is_copied_over_its_local_replication_connection(catstown: Running) -> None:
    said = inside(catstown, "postgres", "psql", "-Atc", "IDENTIFY_SYSTEM", "replication=1")
    assert said.count(b"|") == 3
    copied = inside(catstown, "postgres", "pg_basebackup", "-D", "-", "-Ft", "-X", "fetch", "-c", "fast")
    with tarfile.open(fileobj=io.BytesIO(copied)) as archive:
        assert {"backup_label", "global/pg_control"} <= set(archive.getnames())


@pytest.fixture(scope="module")
def table(catstown: Running) -> str:
    """A table of the DataStore with one row."""
    catstown.ckan.action("organization_create", name="readers")
    made = catstown.ckan.action("package_create", name="read-only", owner_org="readers")
    created = catstown.ckan.action("datastore_create", resource={"package_id": made["id"]}, records=[{"paws": 4}])
    return str(created["resource_id"])


def test_the_datastores_reader_reads_it_and_can_do_nothing_else(catstown: Running, table: str) -> None:
    tries = {
        ("datastore", f'SELECT paws FROM "{table}"'): "done",  # noqa: S608 - ours
        ("datastore", f'INSERT INTO "{table}" (paws) VALUES (3)'): "permission denied for table",  # noqa: S608
        ("datastore", f'UPDATE "{table}" SET paws = 3'): "permission denied for table",  # noqa: S608
        ("datastore", f'DELETE FROM "{table}"'): "permission denied for table",  # noqa: S608
        ("datastore", f'DROP TABLE "{table}"'): "must be owner of table",
        ("datastore", "CREATE TABLE mine (paws int)"): "permission denied for schema public",
        ("datastore", "CREATE SCHEMA mine"): "permission denied for database datastore",
        ("ckan", "SELECT 1"): 'permission denied for database "ckan"',
        ("postgres", "SELECT 1"): 'permission denied for database "postgres"',
    }
    said = inside(catstown, "web", "python", "-c", AS_READER, stdin=json.dumps(list(tries)).encode())
    for (attempt, expected), outcome in zip(tries.items(), json.loads(said), strict=True):
        assert expected in outcome, attempt


def test_solr_maps_the_archive_of_its_classes_into_memory(catstown: Running) -> None:
    maps = inside(catstown, "solr", "cat", "/proc/1/maps").decode().splitlines()
    mapped = {line.split()[-1] for line in maps if line.endswith(".jsa")}
    assert mapped == {"/opt/java/lib/server/classes.jsa", "/opt/solr/classes.jsa"}


LOOK = """\
find / -xdev -type f -perm /6000
for program in as c++ cc clang cpp g++ gcc ld make; do command -v $program; done
exit 0
"""


@pytest.mark.parametrize("role", ROLES)
def test_an_image_has_no_program_that_compiles_or_that_runs_as_somebody_else(
    catstown: Running, engine: docker.APIClient, role: str
) -> None:
    state = json.loads((catstown.data / "site.json").read_text())
    made = engine.create_container(
        state["images"][role],
        entrypoint=["sh", "-c", LOOK],
        user="0:0",
        network_disabled=True,
        labels={labels.HOME: str(catstown.installation.home)},
    )
    try:
        engine.start(made)
        assert engine.wait(made)["StatusCode"] == 0
        assert engine.logs(made) == b""
    finally:
        engine.remove_container(made, force=True)
