"""The examples for continuous integration, step by step on an extension's own repository, as a CI machine has it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import Running
from tests.e2e.installation import Installation

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CKAN = "2.12"


@pytest.fixture(scope="module")
def checkout(catstown: Running) -> Iterator[Path]:
    """The repository of an extension, beside no environment."""
    catstown.installation.run("generate", "extension", "paws", "-e", catstown.name)
    made = catstown.installation.base / "ci" / "ckanext-paws"
    made.parent.mkdir()
    shutil.move(catstown.source / made.name, made)
    yield made
    shutil.rmtree(made.parent)


@pytest.fixture
def site(catstown: Running) -> Iterator[str]:
    """The name of the site that an example makes; the site is gone afterwards."""
    name = catstown.installation.name("ci")
    yield name
    if name in (each["name"] for each in catstown.installation.result("list")["environments"]):
        catstown.installation.run("purge", "-y", "--delete-environment", name)


@pytest.fixture
def port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def run(script: str, cwd: Path, installation: Installation, **variables: str) -> str:
    """Run a script as Actions runs a step, and return what it printed; ``datacats`` is that of these tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=cwd,
        env={**installation.env, **variables, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def steps(site: str, port: int) -> Iterator[str]:
    """The commands of the workflow, on one CKAN, without those that only a failure asks for."""
    text = (EXAMPLES / "github-actions.yml").read_text().replace("catstown", site).replace("5050", str(port))
    (job,) = yaml.safe_load(text)["jobs"].values()
    assert CKAN in job["strategy"]["matrix"]["ckan"]
    for step in job["steps"]:
        if "run" in step and "if" not in step:
            yield step["run"].replace("${{ matrix.ckan }}", CKAN)


def test_the_steps_of_the_workflow_test_an_extension_and_set_up_a_site_with_it(
    catstown: Running, checkout: Path, site: str, port: int
) -> None:
    install, *others = steps(site, port)
    assert install.startswith("pip install")
    said = [run(step, checkout, catstown.installation) for step in others]
    assert "${{" not in "".join(others)
    assert any("2 passed" in each for each in said)
    assert 'tests="2"' in (checkout / "report.xml").read_text()
    assert "paws" in (checkout.parent / site / "ckan.ini").read_text()
    assert site in (checkout.parent / site / "page.html").read_text()


def ci_script(site: str) -> str:
    """The script for any other CI, with a name for the site that it makes."""
    script = (EXAMPLES / "ci.sh").read_text()
    named = "site=ci-$$\n"
    assert named in script
    return script.replace(named, f"site={site}\n")


def test_the_script_leaves_an_environment_alone_that_has_the_name_of_its_own(catstown: Running, checkout: Path) -> None:
    script = ci_script(catstown.name).replace("datacats test", "true")
    with pytest.raises(AssertionError, match=r"has a data directory already.*\n.*Choose another name"):
        run(script, checkout, catstown.installation, CKAN_VERSIONS=CKAN)
    assert catstown.ckan.get("/")[0] == 200
    assert (catstown.source / "ckan.ini").exists()


def test_the_script_tests_an_extension_and_leaves_no_site_behind(
    catstown: Running, checkout: Path, site: str, port: int
) -> None:
    script = ci_script(site)
    said = run(script, checkout, catstown.installation, CKAN_VERSIONS=CKAN, PORT=str(port))
    assert "2 passed" in said
    assert "Enabled in ckan.ini: paws" in said
    assert 'tests="2"' in (checkout / f"report-{CKAN}.xml").read_text()
    assert site not in (each["name"] for each in catstown.installation.result("list")["environments"])


def test_the_script_fails_where_a_test_of_the_extension_does(catstown: Running, checkout: Path, site: str) -> None:
    broken = checkout / "ckanext" / "paws" / "tests" / "test_broken.py"
    broken.write_text("def test_cats_bark() -> None:\n    assert not 'cats'\n")
    script = ci_script(site)
    with pytest.raises(AssertionError, match="1 failed, 2 passed"):
        run(script, checkout, catstown.installation, CKAN_VERSIONS=CKAN)
    broken.unlink()
