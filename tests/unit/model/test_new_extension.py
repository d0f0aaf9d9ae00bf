"""One word of a user becomes the names that Python, CKAN and packagers use."""

from __future__ import annotations

import pytest

from datacats.errors import UsageError
from datacats.model.names import check_name
from datacats.model.new_extension import Kind, new_extension


@pytest.mark.parametrize("word", ["my-thing", "my_thing", "ckanext-my-thing", "ckanext_my_thing"])
def test_prefix_and_dashes_may_be_written_as_one_likes(word: str) -> None:
    made = new_extension(word)
    assert (made.directory, made.plugin) == ("ckanext-my-thing", "my_thing")
    assert (made.title, made.class_name) == ("My thing", "MyThingPlugin")


@pytest.mark.parametrize(
    ("word", "directory", "title", "class_name"),
    [
        ("catstown", "ckanext-catstowntheme", "Catstown theme", "CatstownThemePlugin"),
        ("catstowntheme", "ckanext-catstowntheme", "Catstown theme", "CatstownThemePlugin"),
        ("my-theme", "ckanext-my-theme", "My theme", "MyThemePlugin"),
        ("theme", "ckanext-theme", "Theme", "ThemePlugin"),
    ],
)
def test_the_name_of_a_theme_ends_with_theme_once(word: str, directory: str, title: str, class_name: str) -> None:
    made = new_extension(word, "theme")
    assert (made.directory, made.title, made.class_name) == (directory, title, class_name)


@pytest.mark.parametrize("environment", ["a" * 40, "a", "stats", "class", "example-town", "town-2", "x1"])
def test_whatever_names_an_environment_names_a_theme(environment: str) -> None:
    assert new_extension(check_name(environment, "an environment"), "theme").slug == f"{environment}theme"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("My Thing", "my-thing"),
        ("1abc", "abc"),
        ("a--b", "a-b"),
        ("a-", "a"),
        ("../x", "x"),
        ("CKANEXT-x", "x"),
        (f"{'a' * 49}!b", "a" * 49),
    ],
)
def test_a_word_that_can_be_no_name_is_refused_with_one_that_would_do(word: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        new_extension(word)
    assert caught.value.hint.endswith(f"for example {near}.")
    assert new_extension(near).slug == near


@pytest.mark.parametrize("word", ["", "-", "ckanext-", "é", "\0", "a\n"])
def test_a_word_with_nothing_near_is_refused_by_the_rule(word: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        new_extension(word)


@pytest.mark.parametrize("word", ["class", "ckanext-import", "lambda"])
def test_a_word_of_python_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="word of Python"):
        new_extension(word)


@pytest.mark.parametrize("word", ["stats", "text-view", "ckanext-datastore", "dataset", "ckan_admin", "example-theme"])
def test_what_ckan_itself_uses_is_refused_with_one_that_is_free(word: str) -> None:
    with pytest.raises(UsageError, match="CKAN itself") as caught:
        new_extension(word)
    free = caught.value.hint.rpartition(" ")[2].rstrip(".")
    assert new_extension(free).slug == free


@pytest.mark.parametrize("kind", ["extension", "theme"])
def test_a_name_that_is_too_long_is_refused(kind: Kind) -> None:
    with pytest.raises(UsageError, match="too long"):
        new_extension("a" * 51, kind)
