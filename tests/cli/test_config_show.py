"""``config show`` and ``config explain``: what is in force, where it comes from, and no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datacats.errors import EngineUnreachable
from tests.support.declaring import Declaring
from tests.support.desk import HOME, WORK, Desk

SOURCE = WORK / "catstown"
INI = SOURCE / "ckan.ini"
TOML = SOURCE / "datacats.toml"
OWN = HOME / "catstown" / "sites" / "primary" / "run" / "web" / "ckan.ini"
SECRETS = HOME / "catstown" / "sites" / "primary" / "secrets.ini"
HERE = ("-e", "catstown")


@pytest.fixture
def ckan(catstown: Desk) -> Declaring:
    return Declaring(catstown)


def add(desk: Desk, line: str, *, path: Any = INI, after: str = "use = egg:ckan\n") -> None:
    text = desk.disk.read(path).decode()
    desk.disk.add(path, text.replace(after, f"{after}{line}\n", 1).encode())


def shown(desk: Desk, *words: str) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in desk.done("config", "show", *HERE, *words, "--json").result["settings"]}


def test_what_something_sets_is_shown_by_its_source_datacatss_own_first(catstown: Desk) -> None:
    lines = catstown.done("config", "show", *HERE).lines
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        f"datacats.toml: {TOML}",
        "process variable",
        f"ckan.ini: {INI}",
        f"set by datacats for this site: {OWN}",
    ]
    assert lines[lines.index(f"ckan.ini: {INI}") + 3] == "    ckan.site_title = catstown"
    assert "    name = catstown" in lines


def test_no_container_is_started_for_what_files_say_and_nothing_changes(catstown: Desk) -> None:
    catstown.done("config", "show", *HERE)
    catstown.done("config", "show", *HERE, "ckan.site_title", "port", "spare_containers")
    assert catstown.changes() == []


def test_an_engine_that_is_away_hides_only_what_the_database_says(catstown: Desk) -> None:
    gone = EngineUnreachable("The Docker Engine is away.", "Start it.")
    catstown.engine.world.failures = {"list containers": gone}
    found = catstown.done("config", "show", *HERE, "--json").result
    assert "ckan.site_title" in {each["key"] for each in found["settings"]}
    assert found["remarks"] == [
        "The Docker Engine is away. Settings that were changed on the site's own pages are not seen."
    ]


def test_a_site_that_is_stopped_is_shown_all_the_same(catstown: Desk) -> None:
    catstown.done("stop", "catstown")
    ran = catstown.done("config", "show", *HERE)
    assert "    ckan.site_title = catstown" in ran.lines
    assert ran.lines[-1].startswith("PostgreSQL does not run: ")


def test_a_value_has_its_file_and_its_line(catstown: Desk) -> None:
    line = INI_LINES(catstown).index("ckan.site_title = catstown") + 1
    found = shown(catstown, "ckan.site_title")["ckan.site_title"]
    place = {"source": "ckan.ini", "where": str(INI), "value": "catstown", "line": line}
    assert found == {
        "key": "ckan.site_title",
        "of": "CKAN",
        "value": "catstown",
        "source": "ckan.ini",
        "places": [place],
    }
    assert catstown.done("config", "show", *HERE, "ckan.site_title").out == (
        f"ckan.site_title = catstown  (ckan.ini, {INI}:{line})\n"
    )


def INI_LINES(desk: Desk) -> list[str]:  # noqa: N802 - reads like the constant that it would be
    return desk.disk.read(INI).decode().splitlines()


def test_quiet_prints_the_bare_value_of_what_is_asked_for(catstown: Desk) -> None:
    assert catstown.done("config", "show", *HERE, "-q", "ckan.site_title", "name").out == "catstown\ncatstown\n"


def test_no_secret_is_ever_shown(catstown: Desk, ckan: Declaring) -> None:
    add(catstown, "smtp.password = swordfish\nckan.thing.uri = https://me:swordfish@example.org/x?token=swordfish")
    secrets = json.loads(catstown.disk.read(HOME / "catstown" / "sites" / "primary" / "secrets.json"))
    hidden = {"swordfish", *(each for each in secrets.values() if isinstance(each, str))}
    for words in (
        ["show"],
        ["show", "--all"],
        ["explain", "sqlalchemy.url"],
        ["explain", "smtp.password"],
        ["validate"],
    ):
        for more in ([], ["--json"], ["-q"]):
            ran = catstown("config", *words, *(HERE if words != ["validate"] else ["catstown"]), *more)
            assert [each for each in hidden if each in ran.out + ran.err] == []
    assert shown(catstown)["sqlalchemy.url"]["value"] == "postgresql://ckan:********@postgres/ckan"
    assert shown(catstown)["ckan.thing.uri"]["value"] == "https://me:********@example.org/x?token=********"
    assert ckan.asked[0]["SECRET_KEY"] == secrets["secret_key"]


def test_what_datacats_sets_beats_ckan_ini_and_the_loser_is_told(catstown: Desk) -> None:
    add(catstown, "smtp.server = mail.example.org")
    found = shown(catstown, "smtp.server")["smtp.server"]
    assert (found["value"], found["source"]) == ("mail:1025", "site")
    assert [each["value"] for each in found["places"]] == ["mail:1025", "mail.example.org"]
    assert f"(beats {INI}:6)" in catstown.done("config", "show", *HERE, "smtp.server").out


def test_what_was_changed_on_the_sites_pages_beats_everything(catstown: Desk, ckan: Declaring) -> None:
    ckan.stored = {"ckan.site_title": "From the page"}
    found = shown(catstown, "ckan.site_title")["ckan.site_title"]
    assert (found["value"], found["source"]) == ("From the page", "database")
    assert found["places"][0]["where"].endswith("/ckan-admin/config")
    notes = catstown.done("config", "explain", *HERE, "ckan.site_title", "--json").result["notes"]
    assert "beats every file until it is reset there" in notes[0]


def test_a_variable_beats_the_files_where_a_plugin_reads_variables(catstown: Desk, ckan: Declaring) -> None:
    add(catstown, 'CKAN__SITE_TITLE = "From a variable"', path=TOML, after="[env]\n")
    assert shown(catstown, "ckan.site_title")["ckan.site_title"]["source"] == "ckan.ini"
    text = catstown.disk.read(INI).decode()
    catstown.disk.add(INI, text.replace("ckan.plugins = ", "ckan.plugins = envvars ").encode())
    found = shown(catstown, "ckan.site_title")["ckan.site_title"]
    assert (found["value"], found["source"]) == ("From a variable", "process variable")
    assert found["places"][0]["line"] == catstown.disk.read(TOML).decode().splitlines().index("[env]") + 2
    ckan.stored = {"ckan.site_title": "From the page"}
    found = shown(catstown, "ckan.site_title")["ckan.site_title"]
    assert [each["source"] for each in found["places"]] == ["database", "process variable", "ckan.ini"]


def test_a_secret_of_the_user_beats_ckan_ini_and_is_told_by_its_file(catstown: Desk) -> None:
    add(catstown, "ckan.recaptcha.privatekey = committed")
    catstown.disk.add(SECRETS, b"[app:main]\nckan.recaptcha.privatekey = kept\n", 0o600)
    found = shown(catstown, "ckan.recaptcha.privatekey")["ckan.recaptcha.privatekey"]
    assert [each["source"] for each in found["places"]] == ["secrets.ini", "ckan.ini"]
    assert found["places"][0] == {"source": "secrets.ini", "where": str(SECRETS), "value": "********", "line": 2}


def test_a_file_that_the_sources_file_uses_is_seen_and_beaten(catstown: Desk) -> None:
    base = SOURCE / "shared" / "base.ini"
    catstown.disk.add(base, b"[app:main]\nuse = egg:ckan\nckan.site_title = base\nckan.favicon = %(here)s/x.png\n")
    text = catstown.disk.read(INI).decode()
    catstown.disk.add(INI, text.replace("use = egg:ckan", "use = config:shared/base.ini").encode())
    found = shown(catstown)
    assert [each["source"] for each in found["ckan.site_title"]["places"]] == ["ckan.ini", "base.ini"]
    assert found["ckan.favicon"] == {
        "key": "ckan.favicon",
        "of": "CKAN",
        "value": "/project/shared/x.png",
        "source": "base.ini",
        "places": [{"source": "base.ini", "where": str(base), "value": "/project/shared/x.png", "line": 4}],
    }


@pytest.mark.parametrize("used", ["ckan.ini", "../other.ini", "gone.ini", "/etc/ckan.ini"])
def test_a_file_that_cannot_be_used_is_named(catstown: Desk, used: str) -> None:
    text = catstown.disk.read(INI).decode()
    catstown.disk.add(INI, text.replace("use = egg:ckan", f"use = config:{used}").encode())
    ran = catstown("config", "show", *HERE)
    assert ran.status == 3
    assert f"{INI} uses {used}, which is no other file in the source directory." in ran.err


def test_a_value_that_names_another_is_shown_as_ckan_reads_it(catstown: Desk) -> None:
    add(catstown, "ckan.site_about = %(ckan.site_title)s, at 50%%\nckan.favicon = %(here)s/icon.png")
    assert shown(catstown)["ckan.site_about"]["value"] == "catstown, at 50%"
    assert shown(catstown)["ckan.favicon"]["value"] == "/project/icon.png"


def test_a_value_that_ckan_cannot_read_is_shown_as_it_is_written(catstown: Desk) -> None:
    add(catstown, "ckan.site_about = 5% of all")
    assert shown(catstown)["ckan.site_about"]["value"] == "5% of all"


def test_defaults_are_shown_when_asked_for_internal_ones_never(catstown: Desk, ckan: Declaring) -> None:
    assert "ckan.datasets_per_page" not in shown(catstown)
    every = shown(catstown, "--all")
    assert every["ckan.datasets_per_page"] == {
        "key": "ckan.datasets_per_page",
        "of": "CKAN",
        "value": "20",
        "source": "default",
        "places": [],
    }
    assert every["spare_containers"]["value"] == "true"
    assert every["mode"]["value"] == "development"
    assert {"ckan.hidden", "sqlalchemy.<OPTION>"}.isdisjoint(every)
    assert catstown.done("config", "show", *HERE, "-q", "ckan.datasets_per_page").out == "20\n"
    assert len(ckan.asked) == 1


def test_what_a_site_was_given_is_told_as_the_command_lines(catstown: Desk) -> None:
    catstown.done("start", "catstown", "--site-url", "https://data.example.org", "--no-profile")
    assert shown(catstown)["site_url"]["source"] == "command line"
    assert "profile" not in shown(catstown)


def test_an_unknown_setting_is_told_with_the_nearest(catstown: Desk, ckan: Declaring) -> None:
    for command in ("show", "explain"):
        ran = catstown("config", command, *HERE, "ckan.site_titel")
        assert ran.status == 4
        assert "Next: Did you mean 'ckan.site_title'?" in ran.err
    assert "Did you mean 'ckan.site_title'?" in catstown("config", "explain", *HERE, "SITE_TITLE").err
    said = catstown("config", "explain", *HERE, "xyzzy").err
    assert said.endswith("See all: datacats config show --all -e catstown\n")
    assert ckan.asked


def test_explain_says_what_ckan_declares_and_why_a_value_is_in_force(catstown: Desk, ckan: Declaring) -> None:
    assert catstown.done("config", "explain", *HERE, "ckan.site_title").lines == [
        "ckan.site_title, declared by CKAN 2.12.0",
        "",
        "This sets the name of the site, see ckan.site_url and ~ckan.lib.x,",
        "or `nothing`.",
        "",
        "Default:   CKAN",
        "Example:   Open Data Scotland",
        "In force:  catstown (ckan.ini)",
        f"Set by:    {INI}:7 (catstown)",
        "Change:    datacats config set -e catstown ckan.site_title VALUE",
        "Effect:    The development server shows it on the next request; worker starts anew.",
    ]
    assert len(ckan.asked) == 1


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("ckan.datasets_per_page", "a whole number"),
        ("SESSION_COOKIE_SAMESITE", "one of Strict, Lax, None"),
        ("debug", "true or false"),
        ("ckan.site_url", "not empty"),
        ("ckan.plugins", "words with spaces between them"),
        ("ckan.site_title", ""),
    ],
)
@pytest.mark.usefixtures("ckan")
def test_explain_says_in_words_what_a_value_must_be(catstown: Desk, key: str, kind: str) -> None:
    assert catstown.done("config", "explain", *HERE, key, "--json").result["kind"] == kind


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ckan.site_url", "It belongs to the site"),
        ("smtp.server", "CKAN takes it from the process variable CKAN_SMTP_SERVER"),
        ("smtp.server", "no longer after: datacats service remove mail -e catstown"),
        ("ckan.datasets_per_page", "Its former name works too: ckan.per_page"),
        ("ckan.datasets_per_page", "CKAN refuses this value: Please enter an integer value"),
        ("my.own", "Neither CKAN nor an enabled plugin declares it"),
        ("ckan.site_description", "CKAN stops at this value: a % sign in it is followed by neither"),
    ],
)
@pytest.mark.usefixtures("ckan")
def test_explain_says_what_else_must_be_known(catstown: Desk, key: str, words: str) -> None:
    add(catstown, "ckan.datasets_per_page = many\nmy.own = 1\nckan.site_description = 5%")
    assert words in " ".join(catstown.done("config", "explain", *HERE, key, "--json").result["notes"])


@pytest.mark.usefixtures("ckan")
def test_a_plugins_setting_and_one_of_a_family_are_known(catstown: Desk) -> None:
    by = "ckan.datastore.sqlsearch.enabled, declared by datastore"
    assert catstown.done("config", "explain", *HERE, "ckan.datastore.sqlsearch.enabled").lines[0] == by
    found = catstown.done("config", "explain", *HERE, "sqlalchemy.pool_size", "--json").result
    assert (found["declared_by"], found["source"], found["default"]) == ("CKAN 2.12.0", "default", None)


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("spare_containers", "datacats config set -e catstown spare_containers VALUE"),
        ("env.TZ", "datacats config set -e catstown env.TZ VALUE"),
        ("extensions", "datacats install"),
        ("port", "datacats start catstown PORT"),
        ("DATACATS_SPARES", "export DATACATS_SPARES=VALUE"),
    ],
)
def test_a_setting_of_datacatss_own_is_explained_without_ckan(catstown: Desk, key: str, change: str) -> None:
    found = catstown.done("config", "explain", *HERE, key, "--json").result
    assert (found["of"], found["declared_by"], found["change"]) == ("datacats", "datacats", change)
    assert found["text"].endswith(".")
    assert catstown.changes() == []


@pytest.mark.usefixtures("ckan")
def test_a_secret_is_explained_with_the_way_that_shows_it_to_nobody(catstown: Desk) -> None:
    found = catstown.done("config", "explain", *HERE, "ckan.recaptcha.privatekey", "--json").result
    assert found["change"] == "datacats config set -e catstown ckan.recaptcha.privatekey"
    assert found["effect"] == "It is in force after: datacats reload catstown (replaces web, worker)"
    assert catstown.done("config", "explain", *HERE, "SECRET_KEY", "--json").result["change"] == (
        "datacats tweak --new-secrets catstown"
    )


def test_a_ckan_that_cannot_be_asked_is_told_with_its_last_lines(catstown: Desk, ckan: Declaring) -> None:
    ckan.fails = b"Traceback\nImportError: no such module"
    ran = catstown("config", "explain", *HERE, "ckan.site_title")
    assert ran.status == 16
    assert "  | ImportError: no such module" in ran.err
    assert "random" not in str(catstown.states())


def test_what_ckan_declares_is_asked_once_until_code_or_settings_change(catstown: Desk, ckan: Declaring) -> None:
    def asked_for(key: str) -> int:
        before = len(ckan.asked)
        catstown.done("config", "explain", *HERE, key)
        return len(ckan.asked) - before

    assert [asked_for("ckan.site_title"), asked_for("debug")] == [1, 0]
    plugin = SOURCE / "ckanext-catstowntheme" / "ckanext" / "catstowntheme" / "plugin.py"
    catstown.disk.add(plugin, catstown.disk.read(plugin) + b"# another one")
    assert [asked_for("debug"), asked_for("debug")] == [1, 0]
    add(catstown, "ckan.datasets_per_page = 5")
    assert [asked_for("debug"), asked_for("debug")] == [1, 0]
    catstown.disk.add(SECRETS.with_name("declared.json"), b'{"layout": 1, "key": "x"}', 0o600)
    assert asked_for("debug") == 1


def test_what_a_file_cannot_be_read_for_is_told_with_its_place(catstown: Desk) -> None:
    add(catstown, "ckan.site_title = twice")
    ran = catstown("config", "show", *HERE)
    assert ran.status == 3
    assert f"{INI} is not a valid ini file: line 8 sets ckan.site_title again" in ran.err
    catstown.disk.add(INI, b"[app:main]\nckan.site_title = \xff\n")
    assert catstown("config", "show", *HERE).status == 3
