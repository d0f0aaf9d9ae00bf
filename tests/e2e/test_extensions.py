"""Real extensions from the Python index, installed together by one command, and what they are for."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.e2e.ckan import Ckan
from tests.e2e.conftest import Running, make
from tests.e2e.installation import Installation

EVERYWHERE = ("ckanext-scheming", "ckanext-harvest", "ckanext-spatial", "ckanext-xloader", "ckanext-dcat")
EURO = json.dumps({"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49], [2, 49], [2, 48]]]})


@pytest.fixture(scope="module")
def older(installation: Installation) -> Iterator[Running]:
    """A site of CKAN 2.11 with its theme and five extensions."""
    made = make(installation, "five", "--ckan", "2.11")
    installation.run("install", "-e", made.name, *EVERYWHERE)
    yield made
    installation.run("purge", "-y", made.name)


def test_five_extensions_answer_together_on_2_11(older: Running) -> None:
    status = older.ckan.action("status_show")
    assert status["ckan_version"].startswith("2.11")
    wanted = {"scheming_datasets", "harvest", "spatial_query", "xloader", "dcat"}
    assert wanted <= set(status["extensions"])
    for page in ("/", "/harvest", "/catalog.ttl", "/dataset/"):
        assert older.ckan.get(page)[0] == 200, page


def test_a_dataset_is_found_by_its_place(older: Running) -> None:
    older.ckan.action("organization_create", name="cats")
    extras = [{"key": "spatial", "value": EURO}]
    older.ckan.action("package_create", name="paris", owner_org="cats", notes="x", extras=extras)
    near = older.ckan.action("package_search", extras={"ext_bbox": "0,45,5,50"})
    far = older.ckan.action("package_search", extras={"ext_bbox": "20,45,25,50"})
    assert (near["count"], far["count"]) == (1, 0)


def test_the_rows_of_an_uploaded_csv_are_searchable_without_another_command(older: Running) -> None:
    older.ckan.action("package_create", name="table", owner_org="cats", notes="x")
    resource = older.ckan.upload("table", "cats.csv", b"name,lives\nTom,9\nFelix,7\n")

    def found() -> list[str]:
        status, text = older.ckan.ask("datastore_search", resource_id=resource["id"], q="Felix")
        return [row["lives"] for row in json.loads(text)["result"]["records"]] if status == 200 else []

    older.ckan.until(lambda: found() == ["7"])


def test_the_token_of_an_extension_is_one_that_a_loaded_database_knows(older: Running) -> None:
    run = older.installation.run

    def is_known() -> bool:
        tokens = json.loads((older.data / "tokens.json").read_text())["tokens"]
        extension = Ckan(older.ckan.url, tokens["ckanext.xloader.api_token"])
        return extension.ask("api_token_list", user_id="admin")[0] == 200

    assert is_known()
    run("psql", "-e", older.name, "-c", "DELETE FROM api_token WHERE name LIKE 'ckanext.%'")
    dump = run("db", "dump", "-", "-e", older.name).stdout
    assert not is_known()
    run("db", "load", "-", "-e", older.name, stdin=dump)
    assert is_known()


def test_an_extension_that_this_ckan_cannot_have_is_named_and_changes_nothing(older: Running) -> None:
    """No release of ckanext-showcase runs on CKAN 2.11; it is told before anything is laid or tried."""
    refused = older.installation.result("install", "-e", older.name, "ckanext-showcase", status=16)
    assert "ckanext-showcase 1.5.1 does not run on CKAN 2.11" in refused["message"]
    assert older.ckan.get("/harvest")[0] == 200


def test_a_site_harvests_from_another_that_it_is_linked_with(older: Running, catstown: Running) -> None:
    catstown.ckan.action("organization_create", name="donor")
    catstown.ckan.action("package_create", name="donated", owner_org="donor", notes="x")
    older.installation.run("link", catstown.name, "-e", older.name)
    older.ckan.action("organization_create", name="taker")
    wanted = {
        "owner_org": "taker",
        "name": "donor",
        "title": "Donor",
        "source_type": "ckan",
        "url": f"http://{catstown.name}:5000",
    }
    source = older.ckan.action("harvest_source_create", **wanted)
    older.ckan.action("harvest_job_create", source_id=source["id"], run=True)
    older.ckan.until(lambda: older.ckan.action("package_search", fq="name:donated")["count"] == 1, seconds=180)
    older.installation.run("unlink", catstown.name, "-e", older.name)
    program = f"import urllib.request; urllib.request.urlopen('http://{catstown.name}:5000')"
    older.installation.run("exec", "-e", older.name, "web", "python", "-c", program, status=1)
    catstown.ckan.action("dataset_purge", id="donated")
    catstown.ckan.action("organization_purge", id="donor")


PROJECT = """\
[project]
name = "ckanext-whiskers"
version = "1"
[project.entry-points."ckan.plugins"]
whiskers = "ckanext.whiskers:Whiskers"
"""
PLUGIN = """\
import ckan.plugins as plugins


class Whiskers(plugins.SingletonPlugin):
    pass
"""


@contextmanager
def watched(site: Running) -> Iterator[list[int]]:
    """Ask for a page again and again; give the answers' statuses."""
    seen: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.02):
            with suppress(OSError):
                seen.append(site.ckan.get("/about")[0])

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield seen
    finally:
        over.set()
        asking.join()


def test_no_page_shows_an_error_while_an_extension_comes_is_laid_anew_and_goes(catstown: Running) -> None:
    run, home = catstown.installation.run, catstown.source / "ckanext-whiskers"
    (home / "ckanext" / "whiskers").mkdir(parents=True)
    (home / "pyproject.toml").write_text(PROJECT)
    (home / "ckanext" / "whiskers" / "__init__.py").write_text(PLUGIN)
    with watched(catstown) as seen:
        run("install", "-e", catstown.name)
        assert "whiskers" in catstown.ckan.action("status_show")["extensions"]
        run("install", "-e", catstown.name, "--clean")
        assert "whiskers" in catstown.ckan.action("status_show")["extensions"]
        run("uninstall", "-e", catstown.name, "ckanext-whiskers")
        assert "whiskers" not in catstown.ckan.action("status_show")["extensions"]
    assert set(seen) == {200}
    shutil.rmtree(home)
    run("install", "-e", catstown.name)


def test_five_extensions_answer_together_on_2_12_and_leave_again(catstown: Running) -> None:
    catstown.installation.run("install", "-e", catstown.name, *EVERYWHERE)
    for page in ("/", "/harvest", "/catalog.ttl", "/dataset/"):
        assert catstown.ckan.get(page)[0] == 200, page
    catstown.installation.run("uninstall", "-e", catstown.name, *EVERYWHERE)
    assert catstown.ckan.get("/harvest")[0] == 404
