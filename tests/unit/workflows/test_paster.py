"""Old spellings: each as people have it in their notes, and what is run for it today."""

from __future__ import annotations

import pytest

from datacats.errors import UsageError
from datacats.workflows.paster import from_paster, refuse_generator


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("--plugin=ckan db upgrade", "db upgrade"),
        ("--plugin ckan db upgrade", "db upgrade"),
        ("--plugin=ckan db init -c development.ini", "-c development.ini db init"),
        ("--plugin=ckan db init --config=/etc/ckan/production.ini", "-c /etc/ckan/production.ini db init"),
        ("--plugin=ckan user list --config development.ini", "-c development.ini user list"),
        ("--plugin=ckan db clean", "db clean --yes"),
        ("--plugin=ckan db clean -c development.ini", "-c development.ini db clean --yes"),
        ("--plugin=ckan sysadmin add cat", "sysadmin add cat"),
        ("--plugin=ckan user add cat email=cat@example.com", "user add cat email=cat@example.com"),
        ("--plugin=ckan search-index rebuild", "search-index rebuild"),
        ("--plugin=ckan search-index rebuild_fast", "search-index rebuild-fast"),
        ("--plugin=ckan datastore set-permissions postgres", "datastore set-permissions"),
        ("--plugin=ckan celeryd", "jobs worker"),
        ("--plugin=ckan tracking update", "tracking update"),
        ("--plugin=ckan post /api/action/send_email_notifications", "notify send_emails"),
        ("--plugin=ckan trans js", "translation js"),
        ("--plugin=ckan trans mangle", "translation mangle"),
        ("--plugin=ckan check-po-files ckan.po", "translation check-po ckan.po"),
        ("--plugin=ckan plugin-info", "plugin-info"),
        ("make-config ckan development.ini", "generate config development.ini"),
        ("--plugin=ckanext-harvest harvester run", "harvester run"),
        ("--plugin=ckanext-harvest harvester gather_consumer", "harvester gather-consumer"),
        ("--plugin=ckanext-harvest harvester fetch_consumer -c x.ini", "-c x.ini harvester fetch-consumer"),
        ("--plugin=ckanext-harvest harvester initdb", "db upgrade -p harvest"),
        ("--plugin=ckanext-harvest harvester rmsource cats", "harvester source remove cats"),
        ("--plugin=ckanext-harvest harvester run_test cats", "harvester run-test cats"),
        ("-c", "-c"),
        ("", ""),
    ],
)
def test_an_old_spelling_means_its_successor(old: str, new: str) -> None:
    assert from_paster(old.split()) == tuple(new.split())


@pytest.mark.parametrize(
    ("old", "instead"),
    [
        ("--plugin=ckan db dump out.sql", "datacats db dump FILE"),
        ("--plugin=ckan db load out.sql", "datacats db load FILE"),
        ("--plugin=ckan less", "datacats sass"),
        ("serve --reload development.ini", "datacats start"),
        ("--plugin=ckan db simple-dump-csv x.csv", "/api/3/action/package_search"),
        ("--plugin=ckan roles list", "Add members"),
        ("create -t ckanext ckanext-cats", "datacats generate extension NAME"),
        ("--plugin=ckan create --template=ckanext ckanext-cats", "datacats generate extension NAME"),
        ("--plugin=ckan create-test-data", "datacats demo-data"),
    ],
)
def test_what_has_no_successor_is_said_so_with_what_to_do_instead(old: str, instead: str) -> None:
    with pytest.raises(UsageError, match="Today's CKAN has no command for what `paster ") as caught:
        from_paster(old.split())
    assert instead in caught.value.hint


def test_words_are_compared_whole() -> None:
    assert from_paster(["lesson"]) == ("lesson",)
    assert from_paster(["db", "dumps"]) == ("db", "dumps")


@pytest.mark.parametrize(
    "words", ["generate extension", "-c x.ini generate extension -o /project", "-h generate extension"]
)
def test_ckans_own_generator_is_refused_with_ours(words: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_generator(words.split())
    assert caught.value.hint == "datacats generate extension NAME"


@pytest.mark.parametrize("words", ["generate config x.ini", "generate migration", "user add generate extension", ""])
def test_all_else_that_ckan_generates_is_left_to_it(words: str) -> None:
    refuse_generator(words.split())
