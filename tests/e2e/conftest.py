"""One installation, and one site on it, for all end-to-end tests that do not need their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests.docs.dialect import Page
from tests.docs.reader import Reader
from tests.e2e.ckan import Ckan
from tests.e2e.installation import Installation, remove_leftovers

PASSWORD = "correct-horse-battery"


@dataclass
class Running:
    """A running environment of an installation."""

    installation: Installation
    name: str
    ckan: Ckan

    @property
    def source(self) -> Path:
        """Its source directory."""
        return self.installation.work / self.name

    @property
    def data(self) -> Path:
        """The state of its primary site."""
        return self.installation.home / self.name / "sites" / "primary"


def make(installation: Installation, word: str, *options: str) -> Running:
    """Create an environment and return it with an API token of its administrator."""
    name = installation.name(word)
    made = installation.result("create", name, "--admin-password-stdin", *options, stdin=PASSWORD.encode())
    ckan = Ckan(made["url"])
    ckan.take_token("admin", PASSWORD)
    return Running(installation, name, ckan)


@pytest.fixture(scope="session")
def engine() -> docker.APIClient:
    """The engine, asked without datacats."""
    return docker.APIClient()


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """A data root that lasts for the whole run."""
    remove_leftovers()
    made = Installation()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def catstown(installation: Installation) -> Running:
    """A CKAN 2.12 site in development mode that all tests share; whoever breaks it mends it."""
    return make(installation, "catstown")


@pytest.fixture(scope="session")
def sandbox(installation: Installation) -> Running:
    """A second environment beside the first."""
    return make(installation, "sandbox")


@pytest.fixture(scope="module")
def desktop() -> Iterator[Installation]:
    """A data root for the pages of a file of tests: they share its templates, and leave no environment to one another.

    It has spare containers, as a reader's own has.
    """
    remove_leftovers()
    made = Installation(spares="1")
    yield made
    made.remove()


@pytest.fixture
def follow(desktop: Installation) -> Iterator[Callable[[Page], None]]:
    """Follow a page in an empty home; all environments that it made are gone at the end."""
    base = desktop.base / "page"
    base.mkdir()
    yield lambda page: Reader(page, base, desktop.home, desktop.env).follow()
    for each in desktop.result("list")["environments"]:
        desktop.run("purge", "-y", "--delete-environment", each["name"])
    shutil.rmtree(base)
