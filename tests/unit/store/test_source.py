"""The source directory's ``ckan.ini``: what a new one chooses, what is refused in one, and how it is changed."""

from __future__ import annotations

from configparser import RawConfigParser
from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError
from datacats.services.ini import OWNED
from datacats.store import ckan_ini, source

HERE = Path("/work/catstown")
PATH = HERE / source.INI
GOOD = "[app:main]\nuse = egg:ckan\n"


def check(content: bytes) -> bytes:
    disk = FakeDisk()
    disk.add(PATH, content)
    return source.check_ini(disk, HERE, OWNED)


def refusal(content: bytes) -> tuple[str, str]:
    with pytest.raises(ConfigError) as caught:
        check(content)
    assert str(PATH) in caught.value.message
    return caught.value.message, caught.value.hint


def new(title: str = "Cats", *, datastore: bool = True, first: str = "") -> dict[str, str]:
    return dict(ckan_ini.settings(source.new_files(title, datastore=datastore, first=first)[source.INI]))


def test_a_new_ini_says_what_a_change_needs_in_either_mode() -> None:
    said = source.new_files("Cats")[source.INI].decode().partition("[app:main]")[0]
    assert "development server follows a change on the next request; in production: datacats reload\n" in said


@pytest.mark.parametrize("key", sorted(OWNED))
def test_what_is_each_sites_own_cannot_stand_in_the_sources_ini(key: str) -> None:
    message, hint = refusal(f"{GOOD}{key} = x\n".encode())
    assert message == f"{PATH} sets {key}, which is each site's own."
    assert "Take the line out" in hint


@pytest.mark.parametrize("key", sorted(OWNED))
def test_nor_can_it_hide_among_the_defaults(key: str) -> None:
    assert f"sets {key}," in refusal(f"[DEFAULT]\n{key} = x\n{GOOD}".encode())[0]


def test_other_sections_may_use_the_same_words() -> None:
    text = f"{GOOD}[other]\nsolr_url = x\n".encode()
    assert check(text) == text


def test_a_source_without_its_ini_says_what_a_minimal_one_holds() -> None:
    with pytest.raises(ConfigError) as caught:
        source.check_ini(FakeDisk(), HERE, OWNED)
    assert caught.value.message == f"There is no {PATH}."
    assert caught.value.hint == "Restore it; a minimal one says: [app:main] and use = egg:ckan"


@pytest.mark.parametrize("content", [b"use = egg:ckan\n", b"[app:main\n", b"[app:main]\na = 1\na = 2\n", b"\xff"])
def test_an_ini_that_cannot_be_parsed_is_refused_with_the_reason(content: bytes) -> None:
    message, hint = refusal(content)
    assert "is not a valid ini file: " in message
    assert hint == "Mend that line."


@pytest.mark.parametrize("content", [b"", b"[server:main]\nx = 1\n", b"[DEFAULT]\ndebug = false\n"])
def test_an_ini_without_ckans_section_is_refused(content: bytes) -> None:
    message, hint = refusal(content)
    assert message.endswith("has no section [app:main].")
    assert "[app:main]" in hint


def test_a_new_ini_is_one_that_is_accepted() -> None:
    content = source.new_files("Cats")[source.INI]
    assert check(content) == content


@pytest.mark.parametrize("title", ["Cats", "50% cats", "%(here)s", "Äpfel & Birnen", "a = b", "[x]"])
def test_a_title_is_shown_as_it_was_typed(title: str) -> None:
    assert new(title)["ckan.site_title"].replace("%%", "%") == title


def test_a_new_site_has_the_datastore_unless_it_was_not_wanted() -> None:
    assert new()["ckan.plugins"] == "activity datastore datatables_view text_view image_view"
    assert new()["ckan.views.default_views"] == "image_view datatables_view"
    assert new(datastore=False)["ckan.plugins"] == "activity text_view image_view"
    assert new(datastore=False)["ckan.views.default_views"] == "image_view"


def test_a_theme_comes_before_ckans_own_plugins() -> None:
    assert new(first="cats_theme")["ckan.plugins"].split()[:2] == ["cats_theme", "activity"]


def test_strangers_cannot_make_themselves_users_of_a_new_site() -> None:
    assert new()["ckan.auth.create_user_via_web"] == "false"


def test_a_new_ini_logs_to_the_console_all_that_it_names() -> None:
    parser = RawConfigParser()
    parser.read_string(source.new_files("Cats")[source.INI].decode())
    for kind in ("logger", "handler", "formatter"):
        for name in parser[f"{kind}s"]["keys"].split(", "):
            assert parser.has_section(f"{kind}_{name}")


@pytest.mark.parametrize("pattern", ["*.dump", "*.tar", "__pycache__/", "*.egg-info/"])
def test_what_is_saved_of_a_site_is_not_committed_by_mistake(pattern: str) -> None:
    assert pattern in source.new_files("Cats")[".gitignore"].decode().splitlines()


@pytest.mark.parametrize(
    ("text", "plugins"),
    [
        (GOOD, ()),
        (f"{GOOD}ckan.plugins =\n", ()),
        (f"{GOOD}ckan.plugins = a  b\n  c\n", ("a", "b", "c")),
        ("[other]\nckan.plugins = a\n", ()),
        ("", ()),
    ],
)
def test_plugins_are_read_from_ckans_section_only(text: str, plugins: tuple[str, ...]) -> None:
    assert ckan_ini.plugins(text.encode()) == plugins


def test_settings_keep_their_case_and_their_percent_signs() -> None:
    assert ckan_ini.settings(f"{GOOD}A.b = 50%%\n".encode()) == {"use": "egg:ckan", "A.b": "50%%"}


def test_a_setting_that_is_there_is_left_as_its_owner_chose_it() -> None:
    text = f"{GOOD}ckan.plugins = a\nkept = mine\n".encode()
    changed = ckan_ini.changed(text, ["a", "b"], {"kept": "ours", "new": "50%"}).decode()
    assert changed == f"{GOOD}ckan.plugins = a b\nnew = 50%%\nkept = mine\n"


def test_added_settings_stand_below_the_plugins_in_their_order() -> None:
    changed = ckan_ini.changed(f"{GOOD}ckan.plugins = a\n# end\n".encode(), ["a"], {"x": "1", "y": "2"}).decode()
    assert changed == f"{GOOD}ckan.plugins = a\nx = 1\ny = 2\n# end\n"


def test_taking_out_a_setting_that_is_not_there_changes_nothing() -> None:
    text = f"# mine\n{GOOD}ckan.plugins = a\n".encode()
    assert ckan_ini.changed(text, ["a"], {}, ["nothing"]) == text


@pytest.mark.parametrize("line", ["SESSION_COOKIE_DOMAIN =", "SESSION_COOKIE_DOMAIN = "])
def test_a_session_cookie_for_no_domain_is_a_trap(line: str) -> None:
    assert "Take the line out" in ckan_ini.caution(f"{GOOD}{line}\n".encode())


@pytest.mark.parametrize(
    "line", ["", "# SESSION_COOKIE_DOMAIN =", "SESSION_COOKIE_DOMAIN = .cats.example", "SESSION_COOKIE_PATH ="]
)
def test_what_keeps_nobody_from_signing_in_is_none(line: str) -> None:
    assert ckan_ini.caution(f"{GOOD}{line}\n".encode()) == ""
