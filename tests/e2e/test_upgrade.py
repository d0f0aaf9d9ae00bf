"""New images within one CKAN line, and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import docker
import pytest

from tests.e2e.conftest import Running

OLDER = "datacats/web:2.12.0-000000000000"
FUNCTION = "cached_table_row_count"


def web_image(site: Running, engine: docker.APIClient) -> str:
    """The image that web runs on."""
    return str(engine.inspect_container(f"datacats_web_{site.name}")["Config"]["Image"])


def in_datastore(site: Running, sql: str) -> str:
    """What PostgreSQL's superuser is told."""
    psql = ("psql", "-Atc", sql, "datastore")
    return site.installation.text("exec", "-e", site.name, "postgres", *psql).strip()


def functions(site: Running) -> str:
    """How many functions of that name the DataStore has."""
    return in_datastore(site, f"SELECT count(*) FROM pg_proc WHERE proname = '{FUNCTION}'")  # noqa: S608 - ours


@pytest.fixture(scope="module")
def current(sandbox: Running, engine: docker.APIClient) -> str:
    """The image of today."""
    return web_image(sandbox, engine)


@pytest.fixture(scope="module")
def upgraded(sandbox: Running, engine: docker.APIClient, current: str) -> Iterator[Running]:
    """A site that ran on an older image, which knew no function to count rows, and was upgraded."""
    repository, tag = OLDER.split(":")
    engine.tag(current, repository, tag)
    try:
        record = sandbox.data / "site.json"
        state = json.loads(record.read_text())
        state["images"]["web"] = OLDER
        record.write_text(json.dumps(state))
        sandbox.installation.run("start", sandbox.name)
        assert web_image(sandbox, engine) == OLDER
        sandbox.ckan.action("organization_create", name="kept")
        in_datastore(sandbox, f"DROP FUNCTION {FUNCTION}")
        assert functions(sandbox) == "0"
        sandbox.installation.run("upgrade", sandbox.name)
        yield sandbox
        sandbox.installation.run("upgrade", sandbox.name)
    finally:
        engine.remove_image(OLDER, force=True)


def test_a_site_moves_to_the_current_images_and_loses_nothing(
    upgraded: Running, engine: docker.APIClient, current: str
) -> None:
    assert web_image(upgraded, engine) == current
    assert "kept" in upgraded.ckan.action("organization_list")


def test_an_upgrade_brings_the_datastores_functions_back(upgraded: Running) -> None:
    assert functions(upgraded) == "1"
    made = upgraded.ckan.action("package_create", name="rows", owner_org="kept")
    table = upgraded.ckan.action("datastore_create", resource={"package_id": made["id"]}, records=[{"a": 1}])
    assert upgraded.ckan.action("datastore_info", id=table["resource_id"])["meta"]["count"] == 1


def test_a_rollback_brings_the_older_image_back_and_loses_nothing(upgraded: Running, engine: docker.APIClient) -> None:
    upgraded.installation.run("upgrade", upgraded.name, "--rollback")
    assert web_image(upgraded, engine) == OLDER
    assert "kept" in upgraded.ckan.action("organization_list")


def test_another_line_of_ckan_is_refused(sandbox: Running) -> None:
    toml = sandbox.source / "datacats.toml"
    text = toml.read_text()
    toml.write_text(text.replace('ckan = "2.12"', 'ckan = "2.11"'))
    said = sandbox.installation.run("upgrade", sandbox.name, status=5).stderr.decode()
    toml.write_text(text)
    assert "another line" in said
    assert sandbox.ckan.get("/")[0] == 200
