"""A name becomes the files of an extension that Python, CKAN and packagers can take."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from datacats.model.new_extension import Kind, NewExtension, new_extension
from datacats.store.skeleton import LAST, render

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

THING = new_extension("my-thing")
THEME = new_extension("catstown", "theme")
BOTH = pytest.mark.parametrize("extension", [THING, THEME], ids=["extension", "theme"])


def texts(extension: NewExtension) -> dict[str, str]:
    return {path: content.decode() for path, content in render(extension).items()}


def inner(extension: NewExtension) -> dict[str, str]:
    """The files of its package, by path below it."""
    root = f"ckanext/{extension.plugin}/"
    return {path.removeprefix(root): text for path, text in texts(extension).items() if path.startswith(root)}


def project(extension: NewExtension) -> dict[str, Any]:
    return tomllib.loads(texts(extension)["pyproject.toml"])


@BOTH
def test_every_extension_has_what_users_testers_and_packagers_look_for(extension: NewExtension) -> None:
    assert {".gitignore", "LICENSE", "MANIFEST.in", "README.md", "pyproject.toml", "test.ini"} <= set(texts(extension))
    assert {
        "__init__.py",
        "plugin.py",
        "assets/webassets.yml",
        "tests/__init__.py",
        "tests/test_plugin.py",
    } <= set(inner(extension))


@BOTH
def test_no_placeholder_and_no_mark_of_ours_is_left(extension: NewExtension) -> None:
    for path, text in texts(extension).items():
        assert not re.search(r"@\w+@", path + text), path
        assert not path.endswith(".py.in")
    assert texts(extension)["MANIFEST.in"] == "include test.ini\n"


@BOTH
def test_every_module_is_valid_python_that_says_what_it_is(extension: NewExtension) -> None:
    for path, text in texts(extension).items():
        if path.endswith(".py") and text:
            assert ast.get_docstring(ast.parse(text, path)), path


@BOTH
def test_what_makes_it_an_extension_is_placed_last(extension: NewExtension) -> None:
    assert list(render(extension))[-1] == LAST == "pyproject.toml"


@BOTH
def test_its_metadata_can_be_read_without_running_anything(extension: NewExtension) -> None:
    table = project(extension)["project"]
    assert "dynamic" not in table
    assert (table["name"], table["version"], table["dependencies"]) == (extension.directory, "0.1.0", [])


@BOTH
def test_the_entry_point_names_the_class_that_is_there(extension: NewExtension) -> None:
    points = project(extension)["project"]["entry-points"]["ckan.plugins"]
    assert points == {extension.plugin: f"ckanext.{extension.plugin}.plugin:{extension.class_name}"}
    classes = [each for each in ast.parse(inner(extension)["plugin.py"]).body if isinstance(each, ast.ClassDef)]
    assert [each.name for each in classes] == [extension.class_name]


@BOTH
def test_the_package_that_all_extensions_share_is_nobodys(extension: NewExtension) -> None:
    assert "ckanext/__init__.py" not in render(extension)


@BOTH
def test_a_wheel_takes_every_file_of_the_package(extension: NewExtension) -> None:
    taken = project(extension)["tool"]["setuptools"]["package-data"]["*"]
    for path in map(PurePosixPath, inner(extension)):
        kept = path.suffix == ".py" or f"{path.parts[0]}/**" in taken or f"*{path.suffix}" in taken
        assert kept, path


def test_migrations_and_translations_that_are_added_later_get_into_a_wheel_too() -> None:
    taken = project(THING)["tool"]["setuptools"]["package-data"]["*"]
    assert {"migration/**", "i18n/**"} <= set(taken)


@BOTH
def test_every_asset_that_a_template_asks_for_is_there(extension: NewExtension) -> None:
    files = inner(extension)
    bundles = dict(re.findall(r"^(\w+):\n(.*?)(?=^\w|\Z)", files["assets/webassets.yml"], re.MULTILINE | re.DOTALL))
    asked = {word for text in files.values() for word in re.findall(rf'asset "{extension.plugin}/(\w+)"', text)}
    assert asked == set(bundles) == {"style", "script"}
    for content in re.findall(r"- ((?:css|js)/\S+)", files["assets/webassets.yml"]):
        assert f"assets/{content}" in files


@BOTH
def test_every_picture_that_a_template_shows_is_there(extension: NewExtension) -> None:
    files = inner(extension)
    shown = [path for text in files.values() for path in re.findall(r"url_for_static\('/([^']+)'\)", text)]
    assert shown
    assert [path for path in shown if f"public/{path}" not in files] == []


def test_a_theme_changes_pages_of_ckan_and_keeps_what_it_does_not_name() -> None:
    files = inner(THEME)
    for path in ("templates/base.html", "templates/home/index.html"):
        assert files[path].startswith("{% ckan_extends %}\n")
    snippets = re.findall(rf'snippet "(home/snippets/{THEME.plugin}\w+.html)"', files["templates/home/index.html"])
    assert [f"templates/{path}" in files for path in snippets] == [True, True]
    assert "{{ g.site_title }}" in files["templates/home/snippets/catstowntheme_banner.html"]


@BOTH
def test_the_ini_of_the_tests_stands_alone_and_names_no_database(extension: NewExtension) -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(texts(extension)["test.ini"])
    settings = dict(parser.items("app:main"))
    assert settings["use"] == "egg:ckan"
    assert settings["ckan.plugins"] == extension.plugin
    assert not {"sqlalchemy.url", "solr_url", "ckan.redis.url", "ckan.datastore.write_url"} & set(settings)
    assert {"loggers", "handlers", "formatters"} <= set(parser.sections())


@pytest.mark.parametrize("kind", ["extension", "theme"])
def test_its_licence_is_that_of_ckan_and_of_datacats(kind: Kind) -> None:
    made = new_extension("x1", kind)
    assert render(made)["LICENSE"] == (Path(__file__).parents[3] / "LICENSE").read_bytes()
    assert project(made)["project"]["license"] == "AGPL-3.0-or-later"


@BOTH
def test_two_names_share_no_word_that_could_clash_in_one_site(extension: NewExtension) -> None:
    other = new_extension("elsewhere", extension.kind)
    shared = {path for path in inner(extension) if path.startswith(("templates/", "public/"))} & set(inner(other))
    assert shared == ({"templates/base.html", "templates/home/index.html"} if extension is THEME else set())
