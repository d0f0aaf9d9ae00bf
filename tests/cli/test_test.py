"""``test``: what is tested, where, with which settings, and what is left when it is over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from datacats.errors import EngineError
from datacats.model import labels
from datacats.model.environment import Placement
from datacats.recipes import resolve_ckan
from datacats.store import placements
from tests.support.desk import HOME, WORK, Desk
from tests.support.index import Index
from tests.support.pytest_inside import Pytest

CATS = WORK / "ckanext-cats"
SOURCE = WORK / "catstown"
PROJECT = """\
[project]
name = "ckanext-{name}"
version = "0.1"
[project.optional-dependencies]
test = ["purr>=1"]
docs = ["sphinx"]
[project.entry-points."ckan.plugins"]
{name} = "ckanext.{name}.plugin:Plugin"
{name}_odd = "ckanext.{name}.tests.plugin:Odd"
"""
INI = "[app:main]\nuse = config:../ckan/test-core.ini\nckan.plugins = cats datastore\ncats.path = %(here)s/x\n"


@pytest.fixture
def inside(desk: Desk) -> Pytest:
    """An extension in a directory of its own, and an index with what its tests need."""
    return prepared(desk)


def prepared(desk: Desk) -> Pytest:
    """Let that be there."""
    inside = Pytest(Index(desk))
    inside.index.add("pytest", "9.1.1")
    inside.index.add("purr", "1.0")
    inside.index.add("ckanext-scheming", "3.1.0", scheming_datasets="ckanext.scheming.plugins:Datasets")
    add_extension(desk, CATS, "cats")
    desk.engine.world.program = inside.program
    desk.cwd = CATS
    return inside


OWNER = os.getuid() or 1000
TESTS = HOME / f"_tests-{OWNER}"
"""What the runs of that user share."""


def add_extension(desk: Desk, directory: Path, name: str, ini: str = INI, uid: int = OWNER) -> None:
    """Let it be there, the caller's own; root's would be nobody's who runs tests."""
    owner = (uid, os.getgid() or 1000)
    desk.disk.add(directory / "pyproject.toml", PROJECT.format(name=name).encode(), owner=owner)
    if ini:
        desk.disk.add(directory / "test.ini", ini.encode())


def nothing_is_left(desk: Desk) -> bool:
    world = desk.engine.world
    ours = [name for name in (*world.containers, *world.networks) if "_tests" in name or name.startswith("random")]
    return not ours and not desk.disk.names(TESTS / "sites")


def test_root_tests_extensions_of_several_owners_and_what_is_private_to_one_is_in_no_others_way(
    inside: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = inside.desk
    monkeypatch.setattr(os, "getuid", lambda: 0)
    desk.env["https_proxy"] = "http://proxy:3128"
    add_extension(desk, WORK / "ckanext-theirs", "ckanext-theirs", uid=4711)
    desk.done("test")
    desk.done("test", WORK / "ckanext-theirs")
    for uid in (OWNER, 4711):
        entry = desk.disk.entry(HOME / f"_tests-{uid}" / "run" / "install" / "variables")
        assert entry is not None
        assert (entry.uid, entry.mode) == (uid, 0o600)


def test_containers_of_tests_tell_whose_data_root_they_are_of(inside: Pytest) -> None:
    desk = inside.desk
    desk.done("test")
    assert inside.spec.labels[labels.HOME] == str(HOME)


def test_a_repository_of_its_own_is_tested_without_any_environment(inside: Pytest) -> None:
    desk = inside.desk
    ran = desk.done("test", "--", "-k", "login", "--json")
    assert ran.out == "3 passed\n"
    assert inside.words == ["-k", "login", "--json"]
    assert inside.mounted("/project") == CATS
    assert (inside.spec.working_dir, inside.spec.image.version) == ("/project", resolve_ckan("2.12"))
    assert nothing_is_left(desk)


@pytest.mark.parametrize(
    "words",
    [
        ["ckanext-cats", "--ckan", "2.11", "--", "-k", "x"],
        ["--ckan=2.11", "ckanext-cats", "-k", "x"],
        ["ckanext-cats", "--ckan", "2.11", "-k", "x"],
    ],
)
def test_options_come_before_or_after_the_directory_and_the_other_words_are_pytests(
    inside: Pytest, words: list[str]
) -> None:
    inside.desk.cwd = WORK
    inside.desk.done("test", *words)
    assert (inside.words, inside.spec.image.version) == (["-k", "x"], resolve_ckan("2.11"))


@pytest.mark.parametrize("word", ["nodir", "tests/none.py::test_it"])
def test_a_first_word_that_is_no_place_in_the_extension_is_refused_before_anything_is_made(
    inside: Pytest, word: str
) -> None:
    ran = inside.desk("test", word, "-k", "x")
    assert (ran.status, f"There is no {word.partition('::')[0]} in {CATS}." in ran.err) == (4, True)
    assert not inside.desk.engine.mutations


@pytest.mark.parametrize(
    "words", [["test.ini"], ["test.ini::test_it[1]", "-x"], ["--lf", "nodir"], ["cats", "--pyargs"], ["/opt/tests"]]
)
def test_a_first_word_that_pytest_could_mean_is_its(inside: Pytest, words: list[str]) -> None:
    inside.desk.done("test", *words)
    assert inside.words == words
    inside.desk.done("test", "--", "nodir")
    assert inside.words == ["nodir"]


def test_an_option_before_the_dashes_that_is_not_ours_is_refused(inside: Pytest) -> None:
    assert inside.desk("test", "-k", "x", "--", "-q").status == 2


def test_it_runs_among_services_of_its_own_and_reaches_no_others(inside: Pytest) -> None:
    desk = inside.desk
    desk.cwd = WORK
    desk.create("catstown")
    desk.done("test", CATS)
    networks = {each.network for each in inside.spec.networks}
    assert all("_tests_" in name for name in networks)
    services = [name for name in inside.beside[0] if "_tests_" in name]
    assert [name.split("_")[1] for name in services] == ["postgres", "redis", "solr"]
    site = (HOME / "catstown" / "sites").as_posix()
    assert not [each for each in inside.spec.mounts if each.source.startswith(site)]


def test_the_settings_of_the_extension_stay_but_for_where_they_write(inside: Pytest) -> None:
    inside.desk.done("test")
    (private,) = inside.private
    assert private["extension-0.ini"] == (
        "[app:main]\nuse = config:test-core.ini\nckan.plugins = cats datastore\ncats.path = /project/x\n"
    )
    assert private["ckan.ini"].startswith("[app:main]\nuse = config:/run/datacats/extension-0.ini\nsqlalchemy.url = ")
    assert "@postgres/ckan_test\n" in private["ckan.ini"]
    assert "SESSION_COOKIE_DOMAIN" not in "".join(private.values())


def test_no_variable_of_ckan_can_lead_the_tests_elsewhere(inside: Pytest) -> None:
    inside.desk.done("test")
    assert [key for key in inside.spec.env if key.startswith("CKAN")] == ["CKAN_INI"]
    password = inside.private[0]["ckan.ini"].partition("ckan:")[2].partition("@")[0]
    assert len(password) == 32
    assert password not in str(inside.spec)


def test_what_the_tests_need_is_resolved_once_and_mounted_for_them_alone(inside: Pytest) -> None:
    desk = inside.desk
    desk.done("test")
    layer = inside.mounted("/usr/lib/extensions-test")
    assert {"pytest-9.1.1.dist-info", "purr-1.0.dist-info", "__editable__.ckanext_cats.pth"} <= set(
        desk.disk.names(layer)
    )
    assert "sphinx" not in inside.index.asked[0]["asked"]
    assert inside.index.asked[0]["testing"] is True
    desk.done("test")
    assert (len(inside.index.asked), inside.mounted("/usr/lib/extensions-test")) == (1, layer)
    desk.done("test", "--upgrade")
    assert len(inside.index.asked) == 2


def test_an_extension_of_an_environment_keeps_the_versions_that_are_locked(inside: Pytest) -> None:
    desk = inside.desk
    desk.cwd = WORK
    desk.create("catstown")
    desk.done("install", "-e", "catstown", "ckanext-scheming")
    add_extension(desk, SOURCE / "ckanext-cats", "cats")
    add_extension(desk, SOURCE / "ckanext-dogs", "dogs")
    lock = desk.disk.read(SOURCE / "datacats.lock")
    desk.cwd = SOURCE / "ckanext-cats" / "deep"
    desk.done("test")
    assert inside.index.asked[-1]["held"] == ["ckanext-scheming==3.1.0"]
    assert "__editable__.ckanext_dogs.pth" in desk.disk.names(inside.mounted("/usr/lib/extensions-test"))
    writable = {each.target for each in inside.spec.mounts if not each.read_only}
    assert writable == {"/project/ckanext-cats", "/var/lib/ckan"}
    assert inside.spec.working_dir == "/project/ckanext-cats"
    assert desk.disk.read(SOURCE / "datacats.lock") == lock


def test_a_matrix_goes_through_all_versions_and_ends_with_one_table(inside: Pytest) -> None:
    inside.status = {resolve_ckan("2.11"): 1}
    ran = inside.desk("test", "--ckan", "2.10,2.11,2.12")
    assert ran.status == 1
    assert [line.split()[:7] for line in ran.lines[3:]] == [
        ["CKAN", "ckan_version", "passed", "failed", "errors", "skipped", "seconds"],
        *(
            [resolve_ckan(line)] * 2 + ["3", str(int(line == "2.11")), "0", "0", "0"]
            for line in ("2.10", "2.11", "2.12")
        ),
    ]
    assert nothing_is_left(inside.desk)


def test_a_version_on_which_it_cannot_be_installed_is_a_row_and_the_others_run(inside: Pytest) -> None:
    inside.index.clash = "no way"
    ran = inside.desk("test", "--ckan", "2.11,2.12")
    assert (ran.status, len(inside.specs)) == (16, 0)
    assert ran.lines[1].endswith("The extensions cannot be installed together.")
    assert "no way" in ran.err


@pytest.mark.parametrize("status", [2, 129, 130, 131, 143])
def test_who_stops_one_run_stops_the_whole_matrix(inside: Pytest, status: int) -> None:
    inside.status = {resolve_ckan("2.11"): status}
    assert inside.desk("test", "--ckan", "2.11,2.12").status == status
    assert len(inside.specs) == 1


@pytest.mark.parametrize("failing", ["start datacats_postgres", "create datacats_solr", "create network"])
def test_all_is_removed_whatever_stops_it(inside: Pytest, failing: str) -> None:
    desk = inside.desk
    desk.done("test")
    desk.engine.world.failures[failing] = EngineError("no")
    assert desk("test").status == 7
    assert nothing_is_left(desk)


def test_all_is_removed_when_somebody_interrupts(inside: Pytest) -> None:
    inside.interrupted = True
    assert inside.desk("test", "--ckan", "2.11,2.12").status == 130
    assert (len(inside.specs), nothing_is_left(inside.desk)) == (1, True)


def test_what_a_killed_run_left_goes_with_the_next_one(inside: Pytest) -> None:
    desk = inside.desk
    desk.done("test")
    desk.engine.world.failures["remove"] = EngineError("no")
    assert desk("test").status == 7
    assert not nothing_is_left(desk)
    desk.engine.world.failures.clear()
    desk.done("test")
    assert nothing_is_left(desk)


def test_doctor_mends_what_a_killed_run_left(inside: Pytest) -> None:
    desk = inside.desk
    desk.done("test")
    desk.engine.world.failures["remove"] = EngineError("no")
    desk("test")
    desk.engine.world.failures.clear()
    assert "A run of tests was cut off" in desk("doctor").out
    desk("doctor", "--fix")
    assert nothing_is_left(desk)


def test_a_killed_container_is_told_and_is_status_137(inside: Pytest) -> None:
    inside.status = {resolve_ckan("2.12"): 137}
    ran = inside.desk("test")
    assert (ran.status, "The container was killed" in ran.err) == (137, True)
    assert nothing_is_left(inside.desk)


def test_without_a_test_ini_one_is_made_of_all_its_plugins_those_for_tests_too(inside: Pytest) -> None:
    desk = inside.desk
    desk.disk.remove_tree(CATS / "test.ini")
    ran = desk.done("test")
    assert "ckan.plugins = cats cats_odd" in ran.err
    assert inside.private[0]["extension-0.ini"].endswith("ckan.plugins = cats cats_odd\n")


def test_another_configuration_and_those_that_it_adds_to_are_taken(inside: Pytest) -> None:
    desk = inside.desk
    desk.disk.add(CATS / "conf" / "other.ini", b"[app:main]\nuse = config:../test.ini\nx = %(here)s\n")
    desk.done("test", "--", "--ckan-ini", "conf/other.ini", "-q")
    assert inside.words == ["-q"]
    assert inside.private[0]["extension-0.ini"] == "[app:main]\nuse = config:extension-1.ini\nx = /project/conf\n"
    assert "cats.path" in inside.private[0]["extension-1.ini"]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("tests/lib/test_munge.py", ["{ckan}/tests/lib/test_munge.py"]),
        ("ckan/tests/lib", ["{ckan}/tests/lib"]),
        ("ckanext/activity/tests", ["{ckan}ext/activity/tests"]),
        ("munge", ["-k", "munge", "{ckan}/tests"]),
    ],
)
def test_ckans_own_tests_are_chosen_by_path_or_keyword(inside: Pytest, chosen: str, words: list[str]) -> None:
    inside.desk.done("test", "--ckan-core", chosen, "--", "-q")
    ckan = "/usr/lib/ckan/lib/python3.11/site-packages/ckan"
    assert inside.words == ["-p", "no:cacheprovider", *(word.format(ckan=ckan) for word in words), "-q"]
    assert inside.private[0]["ckan.ini"].startswith("[app:main]\nuse = config:/run/datacats/test-core.ini\n")


def test_tests_that_cannot_write_beside_themselves_run_all_the_same(inside: Pytest) -> None:
    desk = inside.desk
    desk.disk.add(WORK / "theirs" / "pyproject.toml", PROJECT.format(name="cats").encode(), owner=(0, 0))
    desk.cwd = WORK / "theirs"
    ran = desk.done("test")
    assert "belongs to another user" in ran.err
    assert inside.words == ["-p", "no:cacheprovider"]
    assert all(each.read_only for each in inside.spec.mounts if each.target == "/project")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["nowhere", "--"], 4, "There is no extension in"),
        (["a", "b", "--"], 2, "Only one extension can be tested at a time"),
        (["--ckan", "1.8"], 4, "no CKAN 1.8"),
        (["--", "--ckan-ini=none.ini"], 2, "none.ini"),
        (["-e", "nobody"], 4, "nobody"),
    ],
)
def test_words_that_mean_nothing_are_refused_before_anything_is_made(
    inside: Pytest, words: list[str], status: int, said: str
) -> None:
    inside.desk.cwd = CATS if "--" in words[:1] else WORK
    ran = inside.desk("test", *words)
    assert (ran.status, said in ran.err) == (status, True)
    assert not inside.desk.engine.mutations


@pytest.mark.parametrize(
    ("text", "said"), [("x", "cannot be read"), ("[app:main]\na=1\na=2\n", "cannot be read"), ("[x]\n", "no section")]
)
def test_a_configuration_that_ckan_could_not_read_is_named(inside: Pytest, text: str, said: str) -> None:
    inside.desk.disk.add(CATS / "test.ini", text.encode())
    ran = inside.desk("test")
    assert (ran.status, said in ran.err, "test.ini" in ran.err) == (3, True, True)


def test_an_engine_whose_containers_see_nothing_of_this_host_is_refused_before_anything_is_made(
    inside: Pytest,
) -> None:
    workspace = inside.desk.workspace()
    placements.remember(inside.desk.disk, workspace.root, workspace.engine_info().identity, Placement.VOLUMES)
    ran = inside.desk("test")
    assert (ran.status, "Tests cannot run on this engine" in ran.err) == (5, True)
    assert not inside.desk.engine.mutations


def test_several_extensions_must_be_told_apart(inside: Pytest) -> None:
    desk = inside.desk
    desk.cwd = WORK
    desk.create("catstown", "--bare")
    for name in ("cats", "dogs"):
        add_extension(desk, SOURCE / f"ckanext-{name}", name)
    ran = desk("test", "-e", "catstown")
    assert (ran.status, "ckanext-cats, ckanext-dogs" in ran.err) == (2, True)
    desk.done("test", "-e", "catstown", "ckanext-dogs", "--", "-x")
    assert (inside.spec.working_dir, inside.words) == ("/project/ckanext-dogs", ["-x"])
