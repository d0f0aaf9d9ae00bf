"""The settings of ``datacats.toml``, each by one name."""

from __future__ import annotations

import pytest

from datacats.errors import UsageError
from datacats.store import toml_settings

TEXT = """\
# What this is.
name = "catstown"   # a remark
extensions = [
    "ckanext-scheming",
]
spare_containers = false

[env]
TZ = "UTC"

[cron]
"0 * * * *" = ["a", "b"]
'@daily' = "c = d"
"""


def test_each_has_its_value_as_text() -> None:
    assert toml_settings.flat(TEXT.encode()) == {
        "name": "catstown",
        "extensions": '["ckanext-scheming"]',
        "spare_containers": "false",
        "env.TZ": "UTC",
        "cron.0 * * * *": '["a", "b"]',
        "cron.@daily": "c = d",
    }


def test_each_has_the_line_that_it_begins_in() -> None:
    assert toml_settings.lines(TEXT.encode()) == {
        "name": 2,
        "extensions": 3,
        "spare_containers": 6,
        "env.TZ": 9,
        "cron.0 * * * *": 12,
        "cron.@daily": 13,
    }


@pytest.mark.parametrize(
    ("key", "words", "value"),
    [
        ("spare_containers", "true", True),
        ("ckan", "2.12", "2.12"),
        ("env.TZ", "true", "true"),
        ("system_packages", "a  b", ["a", "b"]),
        ("system_packages", "", []),
        ("overrides", '["a >= 1", "b"]', ["a >= 1", "b"]),
    ],
)
def test_words_become_a_value_of_the_keys_own_type(key: str, words: str, value: object) -> None:
    assert toml_settings.value_of(key, words) == value


@pytest.mark.parametrize(("key", "words"), [("spare_containers", "True"), ("overrides", "[a"), ("overrides", "[1] x")])
def test_words_that_mean_no_such_value_are_refused_with_an_example(key: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        toml_settings.value_of(key, words)
    assert key in caught.value.hint


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("name", "dogs", '"catstown"', '"dogs"'),
        ("env.TZ", "CET", '"UTC"', '"CET"'),
        ("env.A", "x", 'TZ = "UTC"\n', 'TZ = "UTC"\nA = "x"\n'),
        ("cron.@daily", "e", '"c = d"', '"e"'),
    ],
)
def test_a_change_keeps_comments_and_layout(key: str, value: str, before: str, after: str) -> None:
    assert toml_settings.with_setting(TEXT.encode(), key, value).decode() == TEXT.replace(before, after)


def test_a_table_that_is_not_there_is_begun() -> None:
    assert toml_settings.with_setting(b'name = "x"\n', "env.TZ", "UTC").decode() == 'name = "x"\n\n[env]\nTZ = "UTC"\n'


def test_a_new_key_stands_before_the_tables() -> None:
    after = toml_settings.with_setting(TEXT.encode(), "ckan", "2.12")
    assert toml_settings.flat(after)["ckan"] == "2.12"


def test_what_is_taken_out_leaves_the_rest() -> None:
    assert toml_settings.without_setting(TEXT.encode(), "env.TZ").decode() == TEXT.replace('TZ = "UTC"\n', "")
    assert "spare" not in toml_settings.without_setting(TEXT.encode(), "spare_containers").decode()
