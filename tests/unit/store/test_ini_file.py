"""Ini files as CKAN reads them, and changes that leave the rest as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.errors import ConfigError, UsageError
from datacats.store import ini_file

PATH = Path("/work/catstown/ckan.ini")
TEXT = """\
# Choices.
[DEFAULT]
debug = false

[app:main]
use = egg:ckan
ckan.site_title : Cats
   and dogs
# a remark
ckan.plugins = a b

[loggers]
keys = root
ckan.site_title = not this
"""


def test_settings_are_those_below_app_main_and_defaults_of_the_file() -> None:
    found = ini_file.settings(PATH, TEXT.encode())
    assert found == {
        "debug": "false",
        "use": "egg:ckan",
        "ckan.site_title": "Cats\nand dogs",
        "ckan.plugins": "a b",
    }


def test_each_setting_has_the_line_that_it_begins_in() -> None:
    assert ini_file.lines(TEXT.encode()) == {"use": 6, "ckan.site_title": 7, "ckan.plugins": 10}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"swordfish", "line 1 stands below no section"),
        (b"[app:main]\na = 1\nswordfish\n", "line 3 is no setting"),
        (b"[app:main]\na = 1\na = swordfish\n", "line 3 sets a again"),
        (b"[app:main]\na = 1\n[app:main]\n", "line 3 begins [app:main] again"),
        (b"[app:main]\na = \xff\n", "can't decode byte 0xff"),
        ("\ufeff[app:main]\na = 1\n".encode(), "line 1 stands below no section"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_its_line_without_what_stands_there(content: bytes, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ini_file.settings(PATH, content)
    assert words in caught.value.message
    assert str(PATH) in caught.value.message
    assert "swordfish" not in caught.value.message


def test_the_file_that_uses_another_one_beats_it_and_may_name_what_that_one_sets() -> None:
    below = b"[app:main]\nuse = egg:ckan\na = 1\nb = %(a)s and 5%%\n"
    above = b"[app:main]\nuse = config:x\na = 2\nc = %(b)s\n"
    merged = ini_file.merged((("/project", below), ("/run", above)))
    assert merged == ini_file.Merged({"a": "2", "b": "2 and 5%", "c": "2 and 5%"}, {})


def test_where_a_file_lies_is_that_of_the_file_that_asks() -> None:
    files = (("/project", b"[app:main]\na = %(here)s/a\n"), ("/run", b"[app:main]\nb = %(here)s/b\n"))
    assert ini_file.merged(files).values == {"a": "/project/a", "b": "/run/b"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("5% swordfish", "a % sign in it is followed by neither % nor (NAME)s"),
        ("%(later)s", "nothing before it sets later, which it names"),
        ("%(a)s", "neither"),
        ("%(here)s 5%%", "it has another % sign beside that of %(here)s"),
    ],
)
def test_what_ckan_stops_at_is_kept_as_it_is_written_with_the_reason(value: str, words: str) -> None:
    files = (("/project", f"[app:main]\na = {value}\n".encode()), ("/run", b"[app:main]\nlater = 1\n"))
    merged = ini_file.merged(files)
    assert words in merged.broken["a"]
    assert "swordfish" not in merged.broken["a"]


def test_a_changed_setting_replaces_all_its_lines() -> None:
    after = ini_file.with_setting(TEXT.encode(), "ckan.site_title", "Birds").decode()
    assert after == TEXT.replace("Cats\n   and dogs", "Birds")


def test_a_new_setting_stands_after_the_last_of_its_section() -> None:
    after = ini_file.with_setting(TEXT.encode(), "a", "1").decode()
    assert after == TEXT.replace("a b\n", "a b\na = 1\n")


@pytest.mark.parametrize(
    "text", ["[app:main]\n", "[app:main]", "[app:main]\nx = 1", "[app:main]\n\n[loggers]\nkeys = a\n"]
)
def test_a_setting_finds_its_section_however_little_is_there(text: str) -> None:
    after = ini_file.with_setting(text.encode(), "a", "1")
    assert ini_file.settings(PATH, after)["a"] == "1"
    assert ini_file.without_setting(after, "a").decode().rstrip() == text.rstrip()


def test_a_setting_that_is_not_there_is_taken_out_of_nothing() -> None:
    assert ini_file.without_setting(TEXT.encode(), "no.such") == TEXT.encode()


@pytest.mark.parametrize("value", ["a\nb", "\x1b[1m", "\ud800", "\x00"])
def test_a_value_that_would_not_be_read_back_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="cannot hold that value of a"):
        ini_file.with_setting(TEXT.encode(), "a", value)
