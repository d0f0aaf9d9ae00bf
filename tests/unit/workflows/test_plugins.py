"""Which plugins an installation enables, in which order, with which settings."""

from __future__ import annotations

import pytest

from datacats.store import ckan_ini
from datacats.workflows import plugins

INI = b"[app:main]\nuse = egg:ckan\nckan.plugins = activity envvars\n"
PACKAGES = {
    "ckanext-cats": ("1", {"ckan.plugins": {"cats": "ckanext.cats.plugin:Cats"}}),
    "ckanext-odd": ("1", {"ckan.plugins": {"odd": "ckanext.odd:Odd", "odd_t": "ckanext.odd.tests.x:T"}}),
    "ckanext-spatial": (
        "2",
        {"ckan.plugins": {"spatial_query": "a:B", "spatial_metadata": "a:C", "csw_harvester": "a:D"}},
    ),
}
LOCKED = """\
ckanext-cats==1 \\
  --hash=sha256:0
ckanext-dogs-too @ git+https://example.org/dogs-too@0a1b2c
ckanext-dogs @ git+https://example.org/dogs@0a1b2c
ckanext-left @ git+ssh://git@example.org/many@0a1b2c#subdirectory=left
ckanext-right @ git+ssh://git@example.org/many@0a1b2c#subdirectory=right
"""


def test_the_sources_own_come_first_and_envvars_stays_last() -> None:
    choice = plugins.enable(INI, ["ckanext-odd", "ckanext-cats"], PACKAGES, ["ckanext-cats"])
    assert ckan_ini.plugins(choice.ini) == ("cats", "activity", "odd", "envvars")
    assert set(choice.enabled) == {"cats", "odd"}


def test_a_known_extension_gets_the_plugins_and_settings_of_the_catalogue_in_its_order() -> None:
    choice = plugins.enable(INI, ["ckanext-spatial"], PACKAGES, [])
    assert choice.enabled == ("spatial_metadata", "spatial_query")
    assert ckan_ini.settings(choice.ini)["ckanext.spatial.search_backend"] == "solr-bbox"


def test_a_setting_that_is_there_is_kept() -> None:
    ini = INI + b"ckanext.spatial.search_backend = postgis\n"
    choice = plugins.enable(ini, ["ckanext-spatial"], PACKAGES, [])
    assert ckan_ini.settings(choice.ini)["ckanext.spatial.search_backend"] == "postgis"


def test_what_is_enabled_already_changes_nothing() -> None:
    once = plugins.enable(INI, ["ckanext-spatial"], PACKAGES, []).ini
    assert plugins.enable(once, ["ckanext-spatial"], PACKAGES, []) == plugins.Choice(once)


def test_disabling_leaves_a_setting_that_was_changed_by_hand() -> None:
    once = plugins.enable(INI, ["ckanext-spatial"], PACKAGES, []).ini
    gone = plugins.disable(once, ["ckanext-spatial"], PACKAGES)
    assert gone.ini == INI
    by_hand = once.replace(b"solr-bbox", b"postgis")
    kept = ckan_ini.settings(plugins.disable(by_hand, ["ckanext-spatial"], PACKAGES).ini)
    assert kept["ckanext.spatial.search_backend"] == "postgis"


def test_a_service_that_another_enabled_extension_needs_stays_on() -> None:
    packages = {name: ("1", {"ckan.plugins": {name[8:]: "a:B"}}) for name in ("ckanext-xloader", "ckanext-validation")}
    both = plugins.enable(INI, packages, packages, []).ini
    assert plugins.disable(both, ["ckanext-xloader"], packages).services == {}
    assert plugins.disable(both, packages, packages).services == {"worker": False}


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("ckanext-cats", "ckanext-cats"),
        ("CKANext_Cats>=1,<2", "ckanext-cats"),
        ("ckanext-cats[extra]==1 ; python_version > '3'", "ckanext-cats"),
        ("ckanext-dogs @ git+https://example.org/dogs@main", "ckanext-dogs"),
        ("git+https://example.org/dogs@main", "ckanext-dogs"),
        ("git+https://example.org/dogs@feature/bark", "ckanext-dogs"),
        ("git+ssh://git@example.org/many#subdirectory=right", "ckanext-right"),
        ("git+https://example.org/unknown", ""),
    ],
)
def test_a_requirement_means_a_package(requirement: str, name: str) -> None:
    assert plugins.name_of(requirement, LOCKED) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("git+https://example.org/a@v1", "git+https://example.org/a@v2", True),
        ("git+https://example.org/a", "git+https://example.org/b", False),
        ("git+https://example.org/a#subdirectory=x", "git+https://example.org/a#subdirectory=y", False),
        ("git+ssh://git@example.org/a@v1", "git+ssh://git@example.org/a", True),
        ("https://example.org/a-1.tar.gz", "https://example.org/a-2.tar.gz", False),
        ("ckanext-cats==1", "ckanext_cats", True),
    ],
)
def test_addresses_that_nothing_is_known_of_are_one_where_they_lead_to_one_package(
    one: str, other: str, *, same: bool
) -> None:
    assert (plugins.key_of(one, "") == plugins.key_of(other, "")) is same
