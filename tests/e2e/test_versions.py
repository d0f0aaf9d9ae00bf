"""CKAN 2.10, 2.11 and 2.12 side by side, one of them in production mode."""

from __future__ import annotations

import json
import re

import docker
import pytest

from tests.e2e.conftest import PASSWORD, Running, make
from tests.e2e.installation import Installation
from tests.e2e.stranger import assert_names_only


@pytest.fixture(scope="module")
def older(installation: Installation) -> dict[str, Running]:
    """A site of each older line."""
    return {line: make(installation, f"ckan{line.replace('.', '')}", "--ckan", line) for line in ("2.11", "2.10")}


@pytest.fixture(scope="module")
def production(older: dict[str, Running]) -> Running:
    """The CKAN 2.10 site, in production mode."""
    site = older["2.10"]
    site.installation.run("start", site.name, "--production")
    return site


@pytest.mark.parametrize("line", ["2.11", "2.10"])
def test_an_older_line_serves_its_own_version_with_its_own_schema(older: dict[str, Running], line: str) -> None:
    site = older[line]
    status = site.ckan.action("status_show")
    assert status["ckan_version"].startswith(f"{line}.")
    assert {"activity", "datastore", "datatables_view"} <= set(status["extensions"])
    program = (
        "import urllib.request; print(urllib.request.urlopen('http://solr:8983/solr/ckan/schema/name').read().decode())"
    )
    said = site.installation.text("exec", "-e", site.name, "web", "python", "-c", program)
    assert json.loads(said)["name"] == f"ckan-{line}"


@pytest.mark.parametrize("line", ["2.11", "2.10"])
def test_an_older_line_takes_data_in_and_finds_it(older: dict[str, Running], line: str) -> None:
    ckan = older[line].ckan
    ckan.action("organization_create", name="shelter")
    made = ckan.action("package_create", name="census", title="Census of whiskers", owner_org="shelter")
    resource = ckan.upload(made["id"], "cats.csv", b"a,b\n1,2\n")
    table = ckan.action("datastore_create", resource={"package_id": made["id"]}, records=[{"a": 1}])
    assert ckan.action("datastore_search", resource_id=table["resource_id"])["total"] == 1
    assert ckan.action("package_search", q="whiskers")["count"] == 1
    assert ckan.get(resource["url"].removeprefix(ckan.url.rstrip("/")))[0] == 200
    assert "new package" in {each["activity_type"] for each in ckan.action("package_activity_list", id="census")}
    assert ckan.sign_in("admin", PASSWORD)


@pytest.mark.parametrize("line", ["2.11", "2.10"])
def test_links_and_redirects_of_an_older_line_name_the_site_url_too(older: dict[str, Running], line: str) -> None:
    assert_names_only(older[line].ckan, older[line].ckan.url)


@pytest.mark.parametrize("line", ["2.11", "2.10"])
def test_an_older_line_declares_its_settings_and_checks_a_value(older: dict[str, Running], line: str) -> None:
    site = older[line]
    found = site.installation.result("config", "explain", "-e", site.name, "ckan.datastore.search.rows_max")
    assert (found["declared_by"], found["kind"]) == ("datastore", "a whole number")
    refused = site.installation.result("config", "set", "-e", site.name, "ckan.datasets_per_page", "x", status=2)
    assert "Please enter an integer value" in refused["message"]
    assert site.installation.result("config", "validate", site.name)["good"]


def test_all_three_lines_answer_side_by_side(catstown: Running, older: dict[str, Running]) -> None:
    for site in (catstown, *older.values()):
        assert site.ckan.get("/dataset/")[0] == 200


def test_production_is_the_production_server_without_a_debugger(production: Running, engine: docker.APIClient) -> None:
    name = f"datacats_web_{production.name}"
    assert "gunicorn" in json.dumps(engine.top(name))
    assert engine.inspect_container(name)["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    assert production.ckan.get("/console")[0] == 404
    assert production.ckan.sign_in("admin", PASSWORD)


def test_production_stays_production_when_web_is_replaced(production: Running, engine: docker.APIClient) -> None:
    production.installation.run("reload", production.name)
    assert "gunicorn" in json.dumps(engine.top(f"datacats_web_{production.name}"))


def test_a_mistake_takes_no_production_site_down(production: Running, engine: docker.APIClient) -> None:
    (plugin,) = production.source.glob("ckanext-*/ckanext/*/plugin.py")
    web, before = f"datacats_web_{production.name}", plugin.read_text()
    identity = engine.inspect_container(web)["Id"]
    plugin.write_text(f"{before}\nraise RuntimeError('no cats')\n")
    refused = production.installation.run("reload", production.name, status=16).stderr.decode()
    plugin.write_text(before)
    assert f"does not start with {plugin.parents[2].name}: RuntimeError: no cats" in refused
    assert (engine.inspect_container(web)["Id"], production.ckan.get("/")[0]) == (identity, 200)


def test_every_link_to_a_stylesheet_or_script_works_in_production(production: Running) -> None:
    _, page = production.ckan.get("/")
    links = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)[^"]*)"', page)
    assert links
    assert {production.ckan.get(link)[0] for link in links} == {200}


def test_a_site_of_an_older_line_can_be_a_further_site_beside_it(production: Running, engine: docker.APIClient) -> None:
    made = production.installation.result("init", str(production.source), "-s", "sandbox")
    names = {each["Names"][0] for each in engine.containers()}
    assert f"/datacats_web_{production.name}_sandbox" in names
    lines = production.installation.text("info", production.name).splitlines()
    assert lines[6:10] == [
        "",
        "Site: sandbox",
        f"Default port: {made['url'].rsplit(':', 1)[1].strip('/')}",
        "Containers: web postgres solr redis worker mail",
    ]
    production.installation.run("purge", production.name, "-s", "sandbox", "-y")
    assert production.ckan.get("/")[0] == 200
