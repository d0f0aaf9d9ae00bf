"""CKAN's traps: each cost somebody hours; each is a test here."""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator

import docker
import pytest

from datacats.model import labels
from tests.e2e.ckan import Ckan
from tests.e2e.conftest import PASSWORD, Running
from tests.e2e.installation import Installation
from tests.e2e.stranger import assert_names_only
from tests.support.desk import USUAL


@pytest.fixture
def ini(catstown: Running) -> Iterator[str]:
    """The source's ckan.ini, put back after the test."""
    path = catstown.source / "ckan.ini"
    text = path.read_text()
    yield text
    path.write_text(text)
    catstown.installation.run("start", catstown.name)


def test_the_session_cookie_names_no_domain(catstown: Running) -> None:
    with urllib.request.urlopen(f"{catstown.ckan.url}user/login") as answer:
        cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    assert not [cookie for cookie in cookies if "domain=" in cookie.lower()]


def test_a_session_cookie_for_no_domain_is_told_because_it_loses_logins(catstown: Running, ini: str) -> None:
    (catstown.source / "ckan.ini").write_text(
        ini.replace("ckan.site_title", "SESSION_COOKIE_DOMAIN =\nckan.site_title")
    )
    said = catstown.installation.run("start", catstown.name).stderr.decode()
    assert "ckan.ini sets SESSION_COOKIE_DOMAIN to nothing" in said
    assert not Ckan(catstown.ckan.url).sign_in("admin", PASSWORD)


def test_a_percent_sign_in_the_title_and_in_a_process_variable_is_only_a_character(catstown: Running, ini: str) -> None:
    (catstown.source / "ckan.ini").write_text(ini.replace("ckan.site_title = ", "ckan.site_title = 100%% "))
    toml = catstown.source / "datacats.toml"
    before = toml.read_text()
    toml.write_text(f'{before}DISCOUNT = "50%"\n')
    catstown.installation.run("start", catstown.name)
    assert f"100% {catstown.name}" in catstown.ckan.get("/")[1]
    printed = catstown.installation.text("exec", "-e", catstown.name, "web", "printenv", "DISCOUNT")
    assert printed == "50%\n"
    toml.write_text(before)


def test_a_page_needs_solr_though_ckan_calls_itself_well_and_start_mends_it(
    catstown: Running, engine: docker.APIClient
) -> None:
    engine.kill(f"datacats_solr_{catstown.name}")
    assert catstown.ckan.get("/api/3/action/status_show")[0] == 200
    assert catstown.ckan.get("/dataset/")[0] == 500
    catstown.installation.run("start", catstown.name)
    assert catstown.ckan.get("/dataset/")[0] == 200


def test_a_changed_password_file_is_followed_by_the_database(catstown: Running) -> None:
    path = catstown.data / "secrets.json"
    secrets = json.loads(path.read_text())
    path.write_text(json.dumps({**secrets, "ckan": "changed" * 5, "datastore_ro": "altered" * 5}))
    catstown.installation.run("stop", catstown.name)
    catstown.installation.run("start", catstown.name)
    assert catstown.ckan.get("/dataset/")[0] == 200
    assert catstown.ckan.action("user_show", id="admin")["sysadmin"]


def test_keys_of_sessions_and_tokens_outlive_every_container(catstown: Running, engine: docker.APIClient) -> None:
    visitor = Ckan(catstown.ckan.url)
    assert visitor.sign_in("admin", PASSWORD)
    engine.remove_container(f"datacats_web_{catstown.name}", force=True)
    catstown.installation.run("reload", catstown.name)
    assert visitor.get("/api/3/action/dashboard_activity_list")[0] == 200
    assert catstown.ckan.action("api_token_list", user_id="admin")


def test_links_and_redirects_name_the_site_url_whatever_host_a_request_names(catstown: Running) -> None:
    """CKAN 2.12 no longer forces the host of the site URL on every request."""
    assert_names_only(catstown.ckan, catstown.ckan.url)
    catstown.installation.run("start", catstown.name, "--site-url", "https://data.example.org")
    assert_names_only(catstown.ckan, "https://data.example.org/")
    catstown.installation.run("start", catstown.name, "--site-url", "")
    assert catstown.ckan.get("/")[0] == 200


def test_a_mistake_that_keeps_ckan_from_starting_is_told_at_once_and_mended_by_saving(
    catstown: Running, ini: str
) -> None:
    path = catstown.source / "ckan.ini"
    path.write_text(ini.replace("ckan.plugins = ", "ckan.plugins = no_such_plugin "))
    began = time.monotonic()
    done = catstown.installation.run("reload", catstown.name, status=16)
    assert time.monotonic() - began < 60
    assert "no_such_plugin" in done.stderr.decode()
    path.write_text(ini)
    assert catstown.ckan.get("/")[0] == 200


def test_a_changed_template_shows_on_the_next_request(catstown: Running, ini: str) -> None:
    page = catstown.source / "templates" / "home" / "about.html"
    page.parent.mkdir(parents=True)
    page.write_text("first words")
    (catstown.source / "ckan.ini").write_text(
        ini.replace("[loggers]", "extra_template_paths = /project/templates\n[loggers]", 1)
    )
    catstown.installation.run("start", catstown.name)
    assert catstown.ckan.get("/about")[1] == "first words"
    page.write_text("other words")
    assert catstown.ckan.get("/about")[1] == "other words"
    shutil.rmtree(catstown.source / "templates")


def test_the_search_schema_is_the_one_of_the_installed_ckan(catstown: Running) -> None:
    program = (
        "import urllib.request; print(urllib.request.urlopen('http://solr:8983/solr/ckan/schema/name').read().decode())"
    )
    said = catstown.installation.text("exec", "-e", catstown.name, "web", "python", "-c", program)
    assert json.loads(said)["name"] == "ckan-2.12"


def test_two_first_creates_at_once_make_one_template_and_two_sites() -> None:
    other = Installation()
    try:
        names = [other.name("one"), other.name("two")]
        runs = [other.start("create", name, "--image-only") for name in names]
        for run in runs:
            with run:
                _, errors = run.communicate(timeout=300)
            assert run.returncode == 0, errors.decode()
        assert len(list((other.home / "_templates").iterdir())) == 1
        listed = other.result("list")["environments"]
        assert sorted(each["name"] for each in listed) == sorted(names)
        assert len({site["port"] for each in listed for site in each["sites"]}) == 2
    finally:
        other.remove()


def containers_of(site: Running, engine: docker.APIClient) -> list[str]:
    """The names of all containers of a site, each as it must be there."""
    ours = engine.containers(filters={"label": f"{labels.ENVIRONMENT}={site.name}"})
    names = sorted(each["Names"][0].removeprefix("/") for each in ours)
    assert names == sorted(f"datacats_{service}_{site.name}" for service in USUAL)
    return names


def test_no_secret_is_seen_from_outside(catstown: Running, engine: docker.APIClient) -> None:
    secrets = [value for value in json.loads((catstown.data / "secrets.json").read_text()).values() if value != 1]
    history: Callable[[str], list[dict[str, str]]] = engine.history
    seen = ""
    for name in containers_of(catstown, engine):
        seen += json.dumps(engine.inspect_container(name)) + engine.logs(name).decode(errors="replace")
        seen += json.dumps(engine.top(name)) + json.dumps(history(engine.inspect_container(name)["Image"]))
    assert not [secret for secret in secrets if secret in seen]


def test_no_container_runs_with_more_rights_than_it_needs(catstown: Running, engine: docker.APIClient) -> None:
    for name in containers_of(catstown, engine):
        seen = engine.inspect_container(name)
        host = seen["HostConfig"]
        assert host["CapDrop"] == ["ALL"]
        assert not host["CapAdd"]
        assert "no-new-privileges" in host["SecurityOpt"][0]
        assert host["ReadonlyRootfs"]
        assert not host["Privileged"]
        assert host["PidsLimit"] > 0
        assert host["Memory"] > 0
        assert host["LogConfig"]["Config"]["max-size"]
        assert not seen["Config"]["User"].startswith("0")
        assert not [mount for mount in seen["Mounts"] if "docker.sock" in mount["Source"]]
