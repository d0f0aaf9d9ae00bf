"""How the layers of installed extensions get onto Python's path in the image."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.unit.recipes.image_file import IMAGES

LIBRARY = sysconfig.get_path("stdlib")
PROGRAM = """\
import sys
sys.path[:] = [{images!r}, {library!r}, {packages!r}]
import datacats_layer
datacats_layer.add(({first!r}, {second!r}))
{then}
"""


class Image:
    """A directory with site-packages of CKAN's own and two layers."""

    def __init__(self, directory: Path) -> None:
        self.packages = directory / "site-packages"
        self.first = directory / "extensions"
        self.second = directory / "extensions-test"
        self.packages.mkdir()

    def add(self, place: Path, path: str, content: str = "") -> Path:
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        return file

    def run(self, then: str) -> str:
        program = PROGRAM.format(
            images=str(IMAGES / "web"),
            library=LIBRARY,
            packages=str(self.packages),
            first=str(self.first),
            second=str(self.second),
            then=then,
        )
        done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
        return done.stdout.strip()


def test_a_layer_comes_before_ckans_own_packages_and_behind_python_itself(tmp_path: Path) -> None:
    image = Image(tmp_path)
    image.first.mkdir()
    path = image.run("print('\\n'.join(sys.path))").splitlines()
    assert path[1:] == [LIBRARY, str(image.first), str(image.packages)]


def test_a_package_of_a_layer_replaces_the_one_that_ckan_came_with(tmp_path: Path) -> None:
    image = Image(tmp_path)
    image.add(image.packages, "urllib3.py", "whose = 'CKAN'")
    image.add(image.first, "urllib3.py", "whose = 'mine'")
    assert image.run("import urllib3; print(urllib3.whose)") == "mine"


def test_without_layers_nothing_changes(tmp_path: Path) -> None:
    image = Image(tmp_path)
    assert image.run("print(len(sys.path), 'ckanext' in sys.modules)") == "3 False"


def test_what_a_layer_points_to_is_on_the_path_behind_all_else(tmp_path: Path) -> None:
    image = Image(tmp_path)
    source = tmp_path / "project" / "ckanext-cats"
    source.mkdir(parents=True)
    image.add(image.first, "__editable__.cats.pth", f"{source}\n")
    assert image.run("print(sys.path[-1])") == str(source)


def test_extensions_of_every_place_share_their_package_whatever_one_says_of_itself(tmp_path: Path) -> None:
    image = Image(tmp_path)
    source = tmp_path / "project" / "ckanext-cats"
    image.add(image.packages, "ckanext/__init__.py", "raise RuntimeError('it claims all for itself')")
    image.add(image.packages, "ckanext/datastore.py", "x = 1")
    image.add(image.first, "ckanext/dogs.py", "x = 2")
    image.add(source, "ckanext/cats.py", "x = 3")
    image.add(image.first, "__editable__.cats.pth", f"{source}\n")
    then = "import ckanext.datastore, ckanext.dogs, ckanext.cats\n"
    assert image.run(f"{then}print(ckanext.datastore.x, ckanext.dogs.x, ckanext.cats.x)") == "1 2 3"


def test_what_is_installed_for_tests_alone_is_there_too(tmp_path: Path) -> None:
    image = Image(tmp_path)
    image.add(image.first, "a.py", "")
    image.add(image.second, "ckanext/tests_only.py", "x = 4")
    assert image.run("import a, ckanext.tests_only; print(ckanext.tests_only.x)") == "4"
