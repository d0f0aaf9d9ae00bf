"""What is known of common extensions: each entry can be used by ``install`` and by a site as it stands."""

from __future__ import annotations

import re

import pytest

from datacats.model.environment import Mode
from datacats.model.schedule import parse
from datacats.model.secrets import Secrets
from datacats.model.switches import SWITCHES
from datacats.services import catalogue, ini
from datacats.services.catalogue import Known
from datacats.store import ckan_ini
from datacats.store.extensions import normalise
from datacats.store.source import new_files
from datacats.workflows import plugins
from tests.unit.builders import context

KNOWN = catalogue.catalogue()
EVERY = pytest.mark.parametrize("known", KNOWN.values(), ids=lambda known: known.package)
SECRETS = Secrets.fresh()
INI = new_files("t")["ckan.ini"]
REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*((==|>=|<)[0-9][0-9.]*)?")
SETTING = re.compile(r"(ckan|ckanext|scheming)[a-z0-9_.]+")


def offered(known: Known) -> plugins.Packages:
    """The package, installed, with the plugins that the entry names."""
    points = {each: f"ckanext.x.plugin:{each}" for each in known.plugins}
    return {known.package: ("1", {"ckan.plugins": points})}


def enabled(known: Known) -> bytes:
    return ckan_ini.changed(INI, [*ckan_ini.plugins(INI), *known.plugins], known.settings)


def site_values(content: bytes) -> dict[str, str]:
    return dict(ckan_ini.settings(ini.render(context(), SECRETS, content)))


@EVERY
def test_a_package_has_the_name_that_an_index_compares(known: Known) -> None:
    assert known.package == normalise(known.package)
    assert known.package.startswith("ckanext-")


@EVERY
def test_a_known_extension_enables_something_once(known: Known) -> None:
    assert known.plugins
    assert len(set(known.plugins)) == len(known.plugins)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", each) for each in known.plugins)


def test_no_two_extensions_share_a_plugin_or_a_setting() -> None:
    names = [each for known in KNOWN.values() for each in known.plugins]
    keys = [key for known in KNOWN.values() for key in (*known.settings, *known.site, *filter(None, [known.token]))]
    assert len(set(names)) == len(names)
    assert len(set(keys)) == len(keys)


def test_no_extension_is_known_by_a_plugin_of_ckan_itself() -> None:
    assert not {each for known in KNOWN.values() for each in known.plugins} & set(ckan_ini.plugins(INI))


@EVERY
def test_what_else_it_requires_is_a_requirement_and_never_itself(known: Known) -> None:
    assert [each for each in known.requires if not REQUIREMENT.fullmatch(each)] == []
    assert known.package not in map(normalise, known.requires)


@EVERY
def test_its_place_is_one_that_is_understood(known: Known) -> None:
    assert known.place in {"", "last"}


@EVERY
def test_its_settings_are_choices_and_none_that_a_site_owns(known: Known) -> None:
    assert all(SETTING.fullmatch(key) for key in known.settings)
    assert not {*known.settings, *known.site, known.token} & ini.OWNED
    assert all(known.settings.values())
    assert not set(known.settings) & {*known.site, known.token}


@EVERY
def test_the_services_that_it_needs_can_be_switched_on(known: Known) -> None:
    assert set(known.services) <= set(SWITCHES)


@EVERY
def test_what_runs_at_its_times_is_a_command_at_a_time_of_a_crontab(known: Known) -> None:
    for command, time in known.cron.items():
        assert command.startswith("ckan ")
        assert parse(time).minutes


@EVERY
def test_what_datacats_cannot_bring_is_told_in_words_when_it_is_installed(known: Known) -> None:
    choice = plugins.enable(INI, [known.package], offered(known), [])
    told = [note for note in choice.notes if known.needs and known.needs in note]
    assert len(told) == bool(known.needs)


@EVERY
def test_installing_it_enables_all_its_plugins_with_its_settings_and_services(known: Known) -> None:
    choice = plugins.enable(INI, [known.package], offered(known), [])
    assert choice.enabled == known.plugins
    assert ckan_ini.plugins(choice.ini)[-len(known.plugins) :] == known.plugins
    assert {key: ckan_ini.settings(choice.ini)[key] for key in known.settings} == dict(known.settings)
    assert choice.services == dict.fromkeys(known.services, True)
    assert choice.cron == known.cron


@EVERY
def test_taking_it_out_leaves_the_ini_as_it_was(known: Known) -> None:
    choice = plugins.enable(INI, [known.package], offered(known), [])
    gone = plugins.disable(choice.ini, [known.package], offered(known))
    assert gone.ini == INI
    assert gone.disabled == known.plugins
    assert gone.services == dict.fromkeys(known.services, False)
    assert gone.cron == dict.fromkeys(known.cron, "")


@EVERY
def test_a_setting_that_somebody_changed_stays_when_it_is_taken_out(known: Known) -> None:
    for key, value in known.settings.items():
        choice = plugins.enable(INI, [known.package], offered(known), [])
        mine = choice.ini.replace(f"{key} = {value}".encode(), f"{key} = mine".encode())
        left = plugins.disable(mine, [known.package], offered(known)).ini
        assert ckan_ini.settings(left)[key] == "mine"


@EVERY
def test_a_site_knows_all_that_its_settings_ask_for(known: Known) -> None:
    values = site_values(enabled(known))
    for key, form in known.site.items():
        assert values[key] == form.replace("{database}", values["sqlalchemy.url"])
        assert "{" not in values[key]


@EVERY
def test_a_site_that_has_it_not_enabled_says_nothing_of_it(known: Known) -> None:
    assert not set(known.site) & set(site_values(INI))


@EVERY
def test_it_is_recognised_by_any_of_its_plugins(known: Known) -> None:
    for plugin in known.plugins:
        assert catalogue.of_plugins(("activity", plugin)) == (known,)
    assert catalogue.of_plugins(("activity", known.package)) == ()


@pytest.mark.parametrize("mode", Mode)
def test_tokens_are_set_for_a_site_in_either_mode(mode: Mode) -> None:
    tokens = {known.token: "abc" for known in KNOWN.values() if known.token}
    content = ini.render(context(mode=mode), SECRETS, INI, tokens)
    assert tokens
    assert {key: ckan_ini.settings(content)[key] for key in tokens} == tokens
