"""A word that is misspelt is answered with the one that was meant."""

from __future__ import annotations

import pytest

from tests.support.desk import WORK, Desk


@pytest.fixture
def towns(catstown: Desk) -> Desk:
    catstown.done("init", "-s", "staging", WORK / "catstown")
    catstown.create("dogstown", "--image-only")
    return catstown


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("strat", "datacats start"),
        ("db dmp", "datacats db dump"),
        ("images pusch", "datacats images push"),
        ("help purgee", "datacats help purge"),
        ("help varibles", "datacats help variables"),
        ("help db dmp", "datacats help db dump"),
        ("stop --dryrun", "'--dry-run'"),
        ("start --producton", "'--production'"),
        ("images build --regstry x", "'--registry'"),
        ("start catstwon", "'catstown'"),
        ("logs -e dogtown", "'dogstown'"),
        ("ckan -e catstow user list", "'catstown'"),
        ("purge -y catstwn", "'catstown'"),
        ("stop catstown -s stagng", "'staging'"),
        ("purge -y catstown -s stagng", "'staging'"),
        ("info catstown -s primry", "'primary'"),
        ("link -e dogstown catstwon", "'catstown'"),
        ("link -e dogstown stagin.catstown", "'staging.catstown'"),
        ("logs -e catstown wbe", "'web'"),
        ("exec -e catstown posgres sh", "'postgres'"),
        ("restart sollr catstown", "'solr'"),
        ("service add -e catstown wroker", "'worker'"),
        ("mail shwo", "'show'"),
        ("completion bsh", "'bash'"),
    ],
)
def test_the_nearest_name_is_told_with_where_all_of_them_are(towns: Desk, words: str, meant: str) -> None:
    towns.forget()
    ran = towns(*words.split())
    assert ran.status in {2, 4}
    assert f"Did you mean: {meant}\n" in ran.err or f"Did you mean {meant}?" in ran.err
    assert ran.err.splitlines()[-1].startswith("Next: ")
    assert towns.changes() == []


@pytest.mark.parametrize(
    "words",
    [
        *("xyzzy", "db xyzzy", "help xyzzy", "stop --xyzzy", "start xyzzy", "stop catstown -s xyzzy"),
        *("link -e dogstown xyzzy", "logs -e catstown xyzzy", "restart xyzzy", "mail xyzzy"),
    ],
)
def test_a_word_like_no_other_is_not_guessed_at(towns: Desk, words: str) -> None:
    ran = towns(*words.split())
    assert ran.status in {2, 4}
    assert "Did you mean" not in ran.err


def test_an_extension_that_is_not_installed_is_answered_with_the_one_that_is(towns: Desk) -> None:
    ran = towns("uninstall", "-e", "catstown", "ckanext-catstowntheem")
    assert ran.status == 4
    assert "Did you mean 'ckanext-catstowntheme'?" in ran.err


def test_a_key_is_answered_with_the_one_that_is_like_it(towns: Desk) -> None:
    toml = WORK / "catstown" / "datacats.toml"
    towns.disk.add(toml, towns.disk.read(toml) + b"[servces]\n")
    assert "Did you mean 'services'?" in towns("start", "catstown").err
