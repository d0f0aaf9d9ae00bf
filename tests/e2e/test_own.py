"""A real source directory that is an extension itself, and one beside it that it needs and no index has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Running, make
from tests.e2e.installation import Installation

SETUP = """\
from setuptools import setup
setup(
    name="ckanext-whole",
    version="0.1",
    packages=["ckanext.whole"],
    install_requires=["ckanext-h2part>=1"],
    entry_points={"ckan.plugins": ["whole = ckanext.whole.plugin:Whole"]},
)
"""
PART = """\
[project]
name = "ckanext-h2part"
version = "1"
dependencies = ["ckanext-whole"]
[project.entry-points."ckan.plugins"]
h2part = "ckanext.h2part.plugin:Part"
"""
PLUGIN = """\
import ckan.plugins as p

class {name}(p.SingletonPlugin):
    p.implements(p.ITemplateHelpers)

    def get_helpers(self):
        return {{"{helper}": lambda: "{helper}"}}
"""
TESTS = """\
import ckan.plugins.toolkit as tk
import pytest

@pytest.mark.usefixtures("with_plugins")
def test_both():
    assert (tk.h.whole(), tk.h.part()) == ("whole", "part")
"""


@pytest.fixture
def whole(installation: Installation) -> Iterator[Running]:
    """A site without a theme, in the extension's own repository."""
    made = make(installation, "whole", "--bare")
    files = {
        "setup.py": SETUP,
        "ckanext/whole/__init__.py": "",
        "ckanext/whole/plugin.py": PLUGIN.format(name="Whole", helper="whole"),
        "tests/test_whole.py": TESTS,
        "test.ini": "[app:main]\nuse = config:../ckan/test-core.ini\nckan.plugins = whole h2part\n",
        "part/pyproject.toml": PART,
        "part/ckanext/h2part/__init__.py": "",
        "part/ckanext/h2part/plugin.py": PLUGIN.format(name="Part", helper="part"),
    }
    for name, text in files.items():
        path = made.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if os.getuid() == 0:
        for path in (made.source, *made.source.rglob("*")):
            shutil.chown(path, *_owner(made))
    yield made
    installation.run("purge", "-y", made.name)


def _owner(made: Running) -> tuple[int, int]:
    seen = (made.source / "datacats.toml").stat()
    return seen.st_uid, seen.st_gid


def test_an_extensions_own_repository_is_installed_and_tested_with_what_lies_beside_it(whole: Running) -> None:
    run = whole.installation.run
    run("install", cwd=whole.source)
    assert {"whole", "h2part"} <= set(whole.ckan.action("status_show")["extensions"])
    assert "ckanext-" not in (whole.source / "datacats.lock").read_text()
    run("uninstall", "ckanext-whole", cwd=whole.source)
    assert "whole" not in whole.ckan.action("status_show")["extensions"]
    run("install", ".", cwd=whole.source)
    assert "whole" in whole.ckan.action("status_show")["extensions"]
    tested = run("test", cwd=whole.source)
    assert b"1 passed" in tested.stdout
