"""Settings of a real CKAN: what is shown is what it goes by, and what it refuses is not written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Running

READ = "from ckan.cli import load_config; import json; print(json.dumps(load_config()))"
"""What CKAN itself reads from its files."""


@pytest.fixture
def site(catstown: Running) -> Iterator[Running]:
    """The shared site, whose source is put back."""
    files = {name: catstown.source / name for name in ("ckan.ini", "datacats.toml")}
    before = {name: path.read_bytes() for name, path in files.items()}
    yield catstown
    for name, path in files.items():
        path.write_bytes(before[name])
    catstown.installation.run("reload", catstown.name)


def config(site: Running, *words: str, status: int = 0, stdin: bytes = b"") -> dict[str, Any]:
    verb, *rest = words
    return site.installation.result("config", verb, "-e", site.name, *rest, status=status, stdin=stdin)


def title(site: Running) -> str:
    return site.ckan.get("/")[1].partition("<title>")[2].partition("</title>")[0]


def test_what_is_shown_is_what_ckan_reads(site: Running) -> None:
    path = site.source / "ckan.ini"
    extra = "ckan.site_about = %(ckan.site_title)s: 50%%\nckan.favicon = %(here)s/x\nckan.site_intro_text = a\n  b\n"
    path.write_text(path.read_text().replace("debug = false\n", f"debug = false\n{extra}"))
    read: dict[str, str] = json.loads(site.installation.text("run", "-e", site.name, "python", "-c", READ))
    shown = {each["key"]: each["value"] for each in config(site, "show")["settings"] if each["of"] == "CKAN"}
    assert shown.keys() == read.keys() - {"here", "__file__", "use", "CKAN_INI"}
    assert {key: value for key, value in shown.items() if "****" not in value and value != read[key]} == {}
    assert shown["ckan.site_about"] == f"{read['ckan.site_title']}: 50%"
    assert shown["ckan.favicon"] == "/project/x"
    assert "****" in shown["sqlalchemy.url"]


def test_a_new_value_is_on_the_page_and_comments_stay(site: Running) -> None:
    before = (site.source / "ckan.ini").read_text()
    changed = config(site, "set", "ckan.site_title", "Whiskers & 50% Paws")
    assert (changed["value"], changed["source"]) == ("Whiskers & 50% Paws", "ckan.ini")
    site.ckan.until(lambda: "Whiskers &amp; 50% Paws" in title(site))
    after = (site.source / "ckan.ini").read_text()
    assert len(after.splitlines()) == len(before.splitlines())
    assert [line for line in after.splitlines() if line.startswith("#")] == [
        line for line in before.splitlines() if line.startswith("#")
    ]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("ckan.datasets_per_page", "many", "Please enter an integer value"),
        ("SESSION_COOKIE_SAMESITE", "Sometimes", "Sometimes"),
        ("ckan.plugins", "activity nosuch", "nosuch cannot be loaded"),
    ],
)
def test_what_ckan_refuses_is_not_written(site: Running, key: str, value: str, words: str) -> None:
    before = (site.source / "ckan.ini").read_bytes()
    error = config(site, "set", key, value, status=2)
    assert words in error["message"]
    assert (site.source / "ckan.ini").read_bytes() == before


def test_a_key_that_nobody_declares_is_told_with_the_nearest(site: Running) -> None:
    assert config(site, "set", "ckan.site_titel", "x", status=4)["hint"].startswith("Did you mean 'ckan.site_title'?")


def test_ckans_own_words_and_a_plugins_are_explained(site: Running) -> None:
    title_of = config(site, "explain", "ckan.site_title")
    assert title_of["text"].startswith("This sets the name of the site")
    assert (title_of["declared_by"], title_of["default"], title_of["example"]) == (
        "CKAN 2.12.0",
        "CKAN",
        "Open Data Scotland",
    )
    search = config(site, "explain", "ckan.datastore.search.rows_max")
    assert (search["declared_by"], search["kind"], search["source"]) == ("datastore", "a whole number", "default")
    server = config(site, "explain", "smtp.server")
    assert (server["value"], server["source"]) == ("mail:1025", "site")
    assert any("CKAN_SMTP_SERVER" in note for note in server["notes"])


def test_what_stops_ckan_is_found_and_explained_without_a_ckan_that_starts(site: Running) -> None:
    path = site.source / "ckan.ini"
    wrong = "debug = false\nckan.datasets_per_page = many\nckan.site_titel = x\nckan.site_about = 5%\n"
    path.write_text(path.read_text().replace("debug = false\n", wrong))
    found = site.installation.result("config", "validate", site.name, status=3)
    told = {each["key"]: (each["severity"], each["where"]) for each in found["problems"]}
    line = path.read_text().splitlines().index("ckan.datasets_per_page = many") + 1
    assert told == {
        "ckan.datasets_per_page": ("error", f"{path}:{line}"),
        "ckan.site_about": ("error", f"{path}:{line + 2}"),
        "ckan.site_titel": ("warning", f"{path}:{line + 1}"),
    }
    assert "CKAN refuses this value" in config(site, "explain", "ckan.datasets_per_page")["notes"][0]
    for key in told:
        config(site, "unset", key)
    assert site.installation.result("config", "validate", site.name)["good"]


def test_what_an_administrator_changed_on_the_page_beats_the_file(site: Running) -> None:
    site.ckan.action("config_option_update", **{"ckan.site_title": "From the page"})
    found = config(site, "show", "ckan.site_title")["settings"][0]
    assert [each["source"] for each in found["places"]] == ["database", "ckan.ini"]
    changed = config(site, "set", "ckan.site_title", "From the file")
    assert (changed["value"], changed["source"]) == ("From the page", "database")
    delete = "DELETE FROM system_info WHERE key = 'ckan.site_title'"
    site.installation.run("psql", "-e", site.name, "-c", delete)


def test_a_secret_reaches_ckan_and_nothing_else(site: Running) -> None:
    key = "ckan.recaptcha.privatekey"
    config(site, "set", key, stdin=b"sword%fish\n")
    site.installation.run("reload", site.name)
    read = json.loads(site.installation.text("run", "-e", site.name, "python", "-c", READ))
    assert read[key] == "sword%fish"
    assert "sword" not in (site.source / "ckan.ini").read_text()
    assert (site.data / "secrets.ini").stat().st_mode & 0o777 == 0o600
    assert config(site, "show", key)["settings"][0]["value"] == "********"
    config(site, "unset", key)
