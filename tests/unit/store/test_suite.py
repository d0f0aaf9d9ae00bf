"""What an extension says about its own tests."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.store import suite

CATS = Path("/work/ckanext-cats")
MAIN = b"[app:main]\n"


def disk(**files: bytes) -> FakeDisk:
    found = FakeDisk()
    for name, content in files.items():
        found.add(CATS / name.replace("__", "/").replace("_ini", ".ini"), content)
    return found


def test_extras_groups_and_files_for_developers_are_what_tests_need() -> None:
    found = FakeDisk()
    project = """
[project.optional-dependencies]
dev = ["a>=1"]
tests = ["b"]
docs = ["sphinx"]
[dependency-groups]
test = ["c", {include-group = "dev"}]
"""
    found.add(CATS / "pyproject.toml", project.encode())
    found.add(CATS / "setup.cfg", b"[options.extras_require]\ntest =\n  d\n  a>=1\n")
    found.add(CATS / "dev-requirements.txt", b"# tools\n-r requirements.txt\ne==2 # exact\npytest_ckan\n\n")
    assert suite.requirements(found, CATS).wanted == ("a>=1", "c", "b", "d", "e==2")


def test_files_for_developers_lead_to_others_and_what_cannot_be_had_is_left_out() -> None:
    found = FakeDisk()
    found.add(CATS / "dev-requirements.txt", b"-r requirements/test.txt\n-c pins.txt\n-e .[dev]\n")
    found.add(CATS / "requirements" / "test.txt", b"-e git+https://x.org/dogs.git@v1#egg=ckanext-dogs\n")
    needs = suite.requirements(found, CATS)
    assert needs.wanted == ("ckanext-dogs @ git+https://x.org/dogs.git@v1",)
    assert needs.left_out == ("dev-requirements.txt: -c pins.txt",)


def test_an_extension_that_says_nothing_needs_nothing_more() -> None:
    assert suite.requirements(disk(), CATS) == suite.Needs()


def test_files_that_one_adds_to_are_followed_to_the_end_of_the_extension() -> None:
    found = disk(
        test_subclass_ini=MAIN + b"use = config:conf/base.ini\n",
        conf__base_ini=MAIN + b"use=config: ../../ckan/test-core.ini\n",
    )
    chain = suite.inis(found, CATS, "test_subclass.ini")
    assert [each.path for each in chain] == [PurePosixPath("test_subclass.ini"), PurePosixPath("conf/base.ini")]
    assert chain[-1].used == PurePosixPath("../ckan/test-core.ini")


@pytest.mark.parametrize(
    ("text", "count"), [(b"use = egg:ckan\n", 1), (b"use = config:test.ini\n", 1), (b"use = config:none.ini\n", 1)]
)
def test_the_chain_ends_where_it_leads_nowhere_or_back(text: bytes, count: int) -> None:
    assert len(suite.inis(disk(test_ini=MAIN + text), CATS)) == count


def test_nothing_outside_the_extension_is_read() -> None:
    found = disk(test_ini=MAIN + b"use = config:../secret.ini\n")
    found.add(CATS.parent / "secret.ini", MAIN)
    assert len(suite.inis(found, CATS)) == 1


@pytest.mark.parametrize("text", ["[app:main]\nuse = egg:ckan\na = 1\n", "[DEFAULT]\nb=1\n\n[app:main]\na = 1\n"])
def test_another_base_takes_the_place_of_the_one_that_is_named_or_of_none(text: str) -> None:
    changed = suite.Ini(PurePosixPath("test.ini"), text).using("core.ini")
    assert "[app:main]\nuse = config:core.ini\na = 1\n" in changed
    assert changed.count("use =") == 1
