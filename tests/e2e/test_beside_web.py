"""What runs beside web, and the catalogue of a demo, on one real site."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

import docker
import pytest

from tests.e2e.browser import browser
from tests.e2e.conftest import Running, make
from tests.e2e.installation import Installation

MODULE = """\
def job():
    print("{word}", flush=True)
"""
ENQUEUE = (
    "from ckan.cli.cli import CtxObject; CtxObject('/run/datacats/ckan.ini');"
    "from ckan.lib.jobs import enqueue; import cats; print(enqueue(cats.job).id)"
)


@pytest.fixture(scope="module")
def site(installation: Installation) -> Iterator[Running]:
    made = make(installation, "beside")
    yield made
    installation.run("purge", made.name, "-y", "--delete-environment")


def wait_for(condition: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came about"
        threading.Event().wait(0.2)


def log(site: Running, service: str) -> str:
    return site.installation.text("logs", service, "-e", site.name)


def test_a_job_runs_the_code_that_was_saved_last(site: Running) -> None:
    toml = site.source / "datacats.toml"
    toml.write_text(f'{toml.read_text()}PYTHONPATH = "/project/lib"\n')
    module = site.source / "lib" / "cats.py"
    module.parent.mkdir()
    (module.parent / "sitecustomize.py").write_text("import cats\n")  # so every process has it from its start
    module.write_text(MODULE.format(word="first-words"))
    site.installation.run("reload", site.name)
    run_job(site, "first-words", births=1)
    module.write_text(MODULE.format(word="second-words"))
    run_job(site, "second-words", births=2)


def run_job(site: Running, word: str, births: int) -> None:
    wait_for(lambda: log(site, "worker").count("has started on queue") == births)
    site.installation.run("exec", "-e", site.name, "web", "python", "-c", ENQUEUE)
    wait_for(lambda: word in log(site, "worker"))


def test_a_mail_is_caught_and_shown_and_leaves_no_container(site: Running) -> None:
    site.ckan.action("user_create", name="ada", email="ada@cats.example", password="a-good-password")
    site.installation.run("exec", "-e", site.name, "web", "python", "-c", SEND)
    (mail,) = site.installation.result("mail", "-e", site.name)["mails"]
    assert mail["recipients"] == "ada@cats.example"
    shown = site.installation.text("mail", "show", str(mail["number"]), "-e", site.name)
    assert "Meow, ada." in shown


SEND = (
    "from ckan.cli.cli import CtxObject; app = CtxObject('/run/datacats/ckan.ini').app;"
    "from ckan import model; from ckan.lib.mailer import mail_user\n"
    "with app._wsgi_app.test_request_context():\n"
    "    mail_user(model.User.get('ada'), 'Cats', 'Meow, ada.')\n"
)


def test_an_entry_of_cron_runs_in_a_container_of_the_site(site: Running, engine: docker.APIClient) -> None:
    toml = site.source / "datacats.toml"
    before = toml.read_text()
    toml.write_text(f'{before}\n[cron]\n"* * * * *" = "test -s $CKAN_INI"\n')
    site.installation.run("start", site.name)
    wait_for(lambda: "ended with status 0: test -s" in log(site, "cron"), 120)
    toml.write_text(before)
    site.installation.run("start", site.name)
    names = [each["Names"][0] for each in engine.containers(all=True)]
    assert f"/datacats_cron_{site.name}" not in names


def test_demo_data_fills_the_pages_and_the_datastore_and_again_adds_nothing(site: Running) -> None:
    loaded = site.installation.result("demo-data", site.name)
    assert loaded["made"] == {"user": 8, "organization": 8, "group": 6, "dataset": 200}
    assert site.ckan.action("package_search", rows=0)["count"] >= 195
    table = site.ckan.action("package_show", id="air-quality-in-old-town")["resources"][-1]
    assert site.ckan.action("datastore_search", resource_id=table["id"])["total"] == 36
    assert site.ckan.action("job_list") == [], "nothing is left for the worker to do"
    activities = site.ckan.action("package_activity_list", id=table["package_id"], include_hidden_activity=True)
    assert [each["activity_type"] for each in activities] == ["new package"], "each dataset is written once"
    content = site.ckan.get(re.sub(r"https?://[^/]+", "", table["url"]))[1]
    assert content.splitlines()[0] == "month,pm10,no2"
    again = site.installation.result("demo-data", site.name)
    assert sum(again["made"].values()) == 0
    assert again["there"]["dataset"] == 200
    assert site.ckan.get(re.sub(r"https?://[^/]+", "", table["url"]))[1] == content
    with browser() as page:
        page.get(f"{site.ckan.url}dataset/")
        assert re.search(r"\d+ datasets found", page.page_source)


def test_demo_data_fills_the_tables_that_a_run_that_was_cut_left_empty(site: Running) -> None:
    site.installation.run("demo-data", site.name)
    table = site.ckan.action("package_show", id="air-quality-in-old-town")["resources"][-1]
    site.ckan.action("datastore_delete", resource_id=table["id"], force=True)
    assert site.installation.result("demo-data", site.name)["made"]["dataset"] == 0
    assert site.ckan.action("datastore_search", resource_id=table["id"])["total"] == 36
