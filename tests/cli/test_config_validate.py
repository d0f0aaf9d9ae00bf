"""``config validate``: everything that is wrong with the settings, in one go, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.declaring import Declaring
from tests.support.desk import HOME, WORK, Desk

INI = WORK / "catstown" / "ckan.ini"
TOML = WORK / "catstown" / "datacats.toml"


@pytest.fixture
def ckan(catstown: Desk) -> Declaring:
    return Declaring(catstown)


def add(desk: Desk, *lines: str) -> None:
    """Let lines stand from line 6 on."""
    text = desk.disk.read(INI).decode()
    desk.disk.add(INI, text.replace("use = egg:ckan\n", "\n".join(["use = egg:ckan", *lines, ""])).encode())


def problems(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk("config", "validate", "catstown", "--json").result["problems"]
    return found


def test_settings_with_which_ckan_starts_are_good(catstown: Desk, ckan: Declaring) -> None:
    assert catstown.done("config", "validate", "catstown").out == "Nothing is wrong with the settings.\n"
    assert catstown.done("config", "validate", "catstown", "-q").out == ""
    assert len(ckan.asked) == 1


@pytest.mark.usefixtures("ckan")
def test_every_error_is_told_at_once_with_file_and_line_and_ends_with_its_own_status(catstown: Desk) -> None:
    add(catstown, "ckan.datasets_per_page = many", "ckan.site_url = http://x", "ckan.site_description = 5%")
    ran = catstown("config", "validate", "catstown")
    assert ran.status == 3
    assert ran.lines == [
        f"error  {INI}:7: ckan.site_url",
        "       It belongs to the site: datacats sets it.",
        "       Fix: datacats config unset -e catstown ckan.site_url",
        f"error  {INI}:8: ckan.site_description",
        "       CKAN stops at it: a % sign in it is followed by neither % nor (NAME)s",
        "       Fix: Write %% for a % sign; %(KEY)s stands for the value of another setting of that file.",
        f"error  {INI}:6: ckan.datasets_per_page",
        "       CKAN refuses the value many: Please enter an integer value",
        "       Fix: datacats config explain -e catstown ckan.datasets_per_page",
    ]


@pytest.mark.usefixtures("ckan")
def test_a_plugin_that_is_not_there_is_an_error_where_it_is_enabled(catstown: Desk) -> None:
    text = catstown.disk.read(INI).decode()
    catstown.disk.add(INI, text.replace("ckan.plugins = ", "ckan.plugins = nosuch ").encode())
    (found,) = problems(catstown)
    assert (found["severity"], found["where"], found["key"]) == ("error", f"{INI}:6", "ckan.plugins")
    assert found["what"].startswith("The plugin nosuch cannot be loaded")


@pytest.mark.parametrize(
    ("line", "what", "fix"),
    [
        ("ckan.site_titel = x", "Nobody declares it. Did you mean ckan.site_title?", ""),
        ("smtp.server = x", "It has no effect: ", ""),
        ("smtp.server = x", "datacats service remove mail -e catstown", ""),
        (
            "ckan.recaptcha.privatekey = swordfish",
            "It is a secret, in a file that is committed.",
            "Take the line out, then: datacats config set -e catstown ckan.recaptcha.privatekey",
        ),
    ],
)
@pytest.mark.usefixtures("ckan")
def test_what_only_surprises_is_a_warning(catstown: Desk, line: str, what: str, fix: str) -> None:
    add(catstown, line)
    (found,) = problems(catstown)
    assert (found["severity"], found["where"], found["fix"]) == ("warning", f"{INI}:6", fix)
    assert what in found["what"]
    assert catstown.done("config", "validate", "catstown", "-q").out == ""


def test_what_was_changed_on_the_sites_pages_is_told_where_it_beats_the_file(catstown: Desk, ckan: Declaring) -> None:
    ckan.stored = {"ckan.site_title": "x"}
    (found,) = problems(catstown)
    assert found["key"] == "ckan.site_title"
    assert "/ckan-admin/config beats it" in found["what"]


@pytest.mark.usefixtures("ckan")
def test_a_variable_that_nobody_reads_is_told_and_one_that_beats_the_file_too(catstown: Desk) -> None:
    text = catstown.disk.read(TOML).decode()
    catstown.disk.add(TOML, text.replace("[env]\n", '[env]\nCKAN__SITE_TITLE = "x"\n').encode())
    (found,) = problems(catstown)
    line = text.splitlines().index("[env]") + 2
    assert (found["where"], found["key"]) == (f"{TOML}:{line}", "env.CKAN__SITE_TITLE")
    assert found["fix"] == "datacats config set -e catstown ckan.site_title VALUE"
    ini = catstown.disk.read(INI).decode()
    catstown.disk.add(INI, ini.replace("ckan.plugins = ", "ckan.plugins = envvars ").encode())
    (found,) = problems(catstown)
    assert (found["where"], found["key"]) == (f"{INI}:7", "ckan.site_title")
    assert f"{TOML}:{line} beats it" in found["what"]


def test_a_file_that_cannot_be_read_is_the_only_problem(catstown: Desk, ckan: Declaring) -> None:
    add(catstown, "debug = a")
    ran = catstown("config", "validate", "catstown", "--json")
    assert (ran.status, ran.result["good"]) == (3, False)
    (found,) = ran.result["problems"]
    assert "sets debug again" in found["what"]
    assert ckan.asked == []


def test_secrets_that_cannot_be_read_are_told_without_showing_them(catstown: Desk) -> None:
    path = HOME / "catstown" / "sites" / "primary" / "secrets.ini"
    catstown.disk.add(path, b"smtp.password = swordfish\n", 0o600)
    ran = catstown("config", "validate", "catstown")
    assert (ran.status, str(path) in ran.out) == (3, True)
    assert "swordfish" not in ran.out + ran.err


def test_an_answer_that_cannot_be_read_is_not_shown_for_secrets_are_in_it(catstown: Desk, ckan: Declaring) -> None:
    add(catstown, "ckan.recaptcha.privatekey = sword fish")
    ckan.prints = b"cats!\n"
    ran = catstown("config", "validate", "catstown")
    assert ran.status == 16
    assert "WARNI: a plugin prints" in ran.err
    assert "sword fish" not in ran.out + ran.err


@pytest.mark.usefixtures("ckan")
def test_what_ckan_takes_for_false_without_a_word_is_warned_of(catstown: Desk) -> None:
    add(catstown, "ckan.datastore.sqlsearch.enabled = ture")
    (problem,) = problems(catstown)
    assert problem["severity"] == "warning"
    assert problem["what"].startswith("ture: it is neither true nor false")
