"""Work that people put in comes out again, and goes into another site: databases and uploaded files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Running, make
from tests.e2e.installation import Installation

CSV = b"name,legs\nspider,8\n"


@pytest.fixture(scope="module")
def legs(catstown: Running) -> dict[str, str]:
    """A dataset with a file and a table."""
    ckan = catstown.ckan
    ckan.action("organization_create", name="zoo")
    made = ckan.action("package_create", name="legs", title="Counted arachnids", owner_org="zoo")
    file = ckan.upload(made["id"], "legs.csv", CSV)
    table = ckan.action(
        "datastore_create", resource={"package_id": made["id"]}, records=[{"name": "spider", "legs": 8}]
    )
    return {"file": file["url"].removeprefix(ckan.url.rstrip("/")), "table": table["resource_id"]}


def test_a_loaded_dump_brings_everything_back_search_included(
    catstown: Running, legs: dict[str, str], tmp_path: Path
) -> None:
    assert legs
    run = catstown.installation.run
    run("db", "dump", str(tmp_path / "ckan.dump"), "-e", catstown.name)
    catstown.ckan.action("dataset_purge", id="legs")
    catstown.ckan.action("package_create", name="late", title="Came too late", owner_org="zoo", private=True)
    assert catstown.ckan.action("package_search", q="arachnids")["count"] == 0
    assert catstown.ckan.action("package_search", fq="name:late", include_private=True)["count"] == 1
    run("db", "load", str(tmp_path / "ckan.dump"), "-e", catstown.name)
    assert catstown.ckan.action("package_search", q="arachnids")["count"] == 1
    assert catstown.ckan.ask("package_show", id="late")[0] == 404
    assert catstown.ckan.action("package_search", fq="name:late", include_private=True)["count"] == 0


@pytest.mark.parametrize("content", [b"", b"PGDMP and then nothing that makes sense", b"select 1;", b"no sql"])
def test_a_dump_that_is_none_changes_nothing(
    catstown: Running, legs: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    assert legs
    broken = tmp_path / "broken.dump"
    broken.write_bytes(content)
    catstown.installation.run("db", "load", str(broken), "-e", catstown.name, status=16)
    assert catstown.ckan.action("package_search", q="arachnids")["count"] == 1


@pytest.fixture
def elsewhere(installation: Installation) -> Iterator[Running]:
    """An empty environment that is filled with another's data."""
    made = make(installation, "elsewhere")
    yield made
    installation.run("purge", made.name, "-y", "--delete-environment")


def test_database_table_and_files_move_to_another_site(
    catstown: Running, elsewhere: Running, legs: dict[str, str], tmp_path: Path
) -> None:
    run = catstown.installation.run
    run("db", "dump", str(tmp_path / "ckan.dump"), "-e", catstown.name)
    run("db", "dump", str(tmp_path / "store.dump"), "--datastore", "-e", catstown.name)
    run("files", "export", str(tmp_path / "files.tar"), "-e", catstown.name)
    run("db", "load", str(tmp_path / "store.dump"), "--datastore", "-e", elsewhere.name)
    run("files", "import", str(tmp_path / "files.tar"), "-e", elsewhere.name)
    run("db", "load", str(tmp_path / "ckan.dump"), "-e", elsewhere.name)
    assert elsewhere.ckan.action("package_search", q="arachnids")["count"] == 1
    assert elsewhere.ckan.get(legs["file"]) == (200, CSV.decode())
    assert elsewhere.ckan.action("datastore_search", resource_id=legs["table"])["records"][0]["legs"] == 8


def test_a_database_with_places_comes_back_from_its_dump(catstown: Running, tmp_path: Path) -> None:
    installation, here = catstown.installation, ("-e", catstown.name)
    installation.run("psql", *here, "-c", "CREATE EXTENSION postgis", "-c", "CREATE TABLE paw (at geometry)")
    installation.run("psql", *here, "-c", "INSERT INTO paw VALUES (ST_MakePoint(1, 2))")
    installation.run("db", "dump", str(tmp_path / "places.dump"), *here)
    installation.run("psql", *here, "-c", "DROP TABLE paw", "-c", "DROP EXTENSION postgis")
    installation.run("db", "load", str(tmp_path / "places.dump"), *here)
    assert installation.text("psql", *here, "-tAc", "SELECT ST_AsText(at) FROM paw") == "POINT(1 2)\n"


def test_data_goes_through_pipes(catstown: Running, legs: dict[str, str]) -> None:
    archive = catstown.installation.run("files", "export", "-", "-e", catstown.name).stdout
    catstown.installation.run("files", "import", "-", "-e", catstown.name, stdin=archive)
    assert catstown.ckan.get(legs["file"])[0] == 200
    dump = catstown.installation.run("db", "dump", "-", "-e", catstown.name).stdout
    assert dump.startswith(b"PGDMP")


def test_a_removed_search_index_is_told_and_comes_back_from_the_database(
    catstown: Running, legs: dict[str, str]
) -> None:
    assert legs
    installation, name = catstown.installation, catstown.name
    shutil.rmtree(catstown.data / "solr")  # while Solr works on it
    assert f"(without its search index; next: datacats start {name})" in installation.text("info", name)
    assert "has lost its search index" in installation.text("doctor", name, status=19)
    said = installation.run("start", name).stderr.decode()
    assert f"{catstown.data / 'solr'} was removed: it is made again from the database." in said
    assert catstown.ckan.action("package_search", q="arachnids")["count"] == 1
    assert "without" not in installation.text("info", name)
