"""Packages in a source directory, the lock, the layer, and changes to ckan.ini."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError, Conflict
from datacats.model.extension import Extension, Lock, Unbuilt
from datacats.store import ckan_ini, extensions, layer, lock_file

SOURCE = Path("/work/catstown")
STATIC = b"""\
[project]
name = "ckanext-cats"
version = "1.2"
dependencies = ["requests>=2"]
[project.scripts]
purr = "ckanext.cats.cli:purr"
[project.entry-points."ckan.plugins"]
cats = "ckanext.cats.plugin:Cats"
"""


def disk(**files: bytes) -> FakeDisk:
    found = FakeDisk()
    found.make_directory(SOURCE, 0o755)
    for name, content in files.items():
        found.add(SOURCE / name.replace("__", "/").replace("_toml", ".toml").replace("_py", ".py"), content)
    return found


def test_a_static_project_is_read_without_running_anything() -> None:
    (found,) = extensions.find(disk(cats__pyproject_toml=STATIC), SOURCE)
    assert isinstance(found, Extension)
    assert (found.directory, found.name, found.version, found.root) == ("cats", "ckanext-cats", "1.2", "")
    assert found.plugins == ("cats",)
    assert found.entry_points["console_scripts"] == {"purr": "ckanext.cats.cli:purr"}
    assert found.requires == ("requests>=2",)


def test_the_lines_of_a_requirements_file_count_and_its_options_do_not() -> None:
    place = disk(cats__pyproject_toml=STATIC)
    place.add(SOURCE / "cats" / "requirements.txt", b"# why\n-r other.txt\nlxml==5 # pinned\n\n")
    (found,) = extensions.find(place, SOURCE)
    assert isinstance(found, Extension)
    assert found.requires == ("requests>=2", "lxml==5")


def test_a_file_that_requirements_name_belongs_to_what_a_package_needs() -> None:
    place = disk(cats__pyproject_toml=STATIC, dogs__setup_py=b"")
    place.add(SOURCE / "dogs" / "requirements.txt", b"-r ../shared.txt\n-c pins.txt\n")
    place.add(SOURCE / "shared.txt", b"lxml\n")
    _, before = extensions.find(place, SOURCE)
    assert isinstance(before, Unbuilt)
    assert (before.requires, before.left_out) == (("lxml",), ("dogs/requirements.txt: -c pins.txt",))
    place.add(SOURCE / "shared.txt", b"lxml>=5\n")
    _, after = extensions.find(place, SOURCE)
    assert after.digest != before.digest


def test_code_below_src_is_found_there() -> None:
    place = disk(cats__pyproject_toml=STATIC)
    place.add(SOURCE / "cats" / "src" / "ckanext" / "__init__.py", b"")
    (found,) = extensions.find(place, SOURCE)
    assert isinstance(found, Extension)
    assert found.root == "src"


@pytest.mark.parametrize(
    "content",
    [b"[build-system]\nrequires = []\n", STATIC.replace(b'version = "1.2"', b'dynamic = ["version"]')],
    ids=["no project table", "a dynamic version"],
)
def test_what_a_file_does_not_tell_must_be_built(content: bytes) -> None:
    (found,) = extensions.find(disk(cats__pyproject_toml=content), SOURCE)
    assert isinstance(found, Unbuilt)


def test_a_change_of_what_a_package_needs_changes_its_digest() -> None:
    (before,) = extensions.find(disk(cats__pyproject_toml=STATIC), SOURCE)
    (after,) = extensions.find(disk(cats__pyproject_toml=STATIC.replace(b">=2", b">=3")), SOURCE)
    assert before.digest != after.digest


def test_hidden_directories_and_those_without_a_project_file_are_no_packages() -> None:
    place = disk(cats__pyproject_toml=STATIC, docs__readme=b"", other_py=b"")
    place.add(SOURCE / ".git" / "pyproject.toml", STATIC)
    assert [each.directory for each in extensions.find(place, SOURCE)] == ["cats"]


BUILT = b'[build-system]\nrequires = ["setuptools"]\n'
TOOLS = b"[tool.ruff]\nline-length = 100\n"
PORTAL = b'[project]\nname = "portal"\nversion = "1"\ndependencies = ["datacats"]\n'


@pytest.mark.parametrize(
    ("name", "content"), [("pyproject_toml", STATIC), ("pyproject_toml", BUILT), ("setup_py", b"")]
)
def test_a_source_directory_may_be_a_package_itself_and_hold_others(name: str, content: bytes) -> None:
    place = disk(**{name: content}, dogs__setup_py=b"")
    assert [each.directory for each in extensions.find(place, SOURCE)] == ["", "dogs"]


@pytest.mark.parametrize("content", [TOOLS, PORTAL, PORTAL + b"[project.entry-points]\nx = 3\n", b""])
def test_a_source_directory_that_only_holds_settings_of_tools_is_no_package(content: bytes) -> None:
    assert extensions.find(disk(pyproject_toml=content), SOURCE) == ()


def test_a_source_directory_that_is_a_package_is_read_where_containers_see_it() -> None:
    (found,) = extensions.find(disk(pyproject_toml=STATIC, src__x=b""), SOURCE)
    assert isinstance(found, Extension)
    assert layer.editable(found)["__editable__.ckanext_cats.pth"] == b"/project/src\n"


def test_broken_toml_names_the_file() -> None:
    with pytest.raises(ConfigError, match=r"/work/catstown/cats/pyproject.toml is not valid TOML"):
        extensions.find(disk(cats__pyproject_toml=b"[project"), SOURCE)


def test_names_that_an_index_takes_for_one_are_twins() -> None:
    other = STATIC.replace(b"ckanext-cats", b"CKANext_cats")
    with pytest.raises(Conflict, match="cats and dogs are both the package"):
        extensions.find(disk(cats__pyproject_toml=STATIC, dogs__pyproject_toml=other), SOURCE)


LOCK = Lock("2.12.0", "a" * 64, "lxml==5 \\\n    --hash=sha256:00\nx @ git+https://x.org/x@abc\n", ("cats", "dogs"))


def test_a_lock_reads_back_as_it_was_written() -> None:
    place = disk()
    place.add(SOURCE / lock_file.NAME, lock_file.content(LOCK))
    assert lock_file.read(place, SOURCE) == LOCK


def test_no_lock_file_is_no_lock() -> None:
    assert lock_file.read(disk(), SOURCE) is None


def test_a_lock_that_lost_its_head_is_refused() -> None:
    place = disk()
    place.add(SOURCE / lock_file.NAME, b"lxml==5\n")
    with pytest.raises(ConfigError, match="is not as datacats wrote it"):
        lock_file.read(place, SOURCE)


def test_the_names_of_a_lock_are_those_of_its_packages() -> None:
    assert lock_file.names(LOCK.packages) == ("lxml", "x")


def test_a_layer_tells_the_versions_and_entry_points_of_what_is_in_it() -> None:
    place, there = disk(), Path("/layers/1")
    (found,) = extensions.find(disk(cats__pyproject_toml=STATIC), SOURCE)
    assert isinstance(found, Extension)
    for path, content in layer.editable(found).items():
        place.add(there / path, content)
    version, points = layer.installed(place, there)["ckanext-cats"]
    assert (version, points) == ("1.2", found.entry_points)
    assert place.read(there / "__editable__.ckanext_cats.pth") == b"/project/cats\n"


@pytest.mark.parametrize(("directory", "root"), [("", ""), ("", "src"), ("cats", ""), ("cats", "src")])
def test_a_layer_tells_which_packages_of_the_source_are_in_it_though_they_are_gone(directory: str, root: str) -> None:
    place, there = disk(), Path("/layers/1")
    for path, content in layer.editable(Extension(directory, "", "CKANext_Cats", "1", root=root)).items():
        place.add(there / path, content)
    assert layer.own(place, there, (directory, "dogs")) == {directory: "ckanext-cats"}
    assert layer.own(place, there, ("dogs",)) == {}


INI = b"""\
# ours
[app:main]
use = egg:ckan
ckan.plugins = activity
  datastore
# a title
ckan.site_title = 100%% cats

[loggers]
keys = root
"""


def test_plugins_may_stand_on_several_lines() -> None:
    assert ckan_ini.plugins(INI) == ("activity", "datastore")


def test_a_changed_ini_keeps_every_other_line() -> None:
    changed = ckan_ini.changed(INI, ("activity", "cats"), {"cats.colour": "50% grey", "ckan.site_title": "no"})
    expected = INI.replace(
        b"ckan.plugins = activity\n  datastore\n", b"ckan.plugins = activity cats\ncats.colour = 50%% grey\n"
    )
    assert changed == expected


def test_settings_are_taken_out_again() -> None:
    added = ckan_ini.changed(INI, ("activity",), {"cats.colour": "grey"})
    assert b"cats.colour" not in ckan_ini.changed(added, ("activity",), {}, ["cats.colour"])


def test_an_ini_without_plugins_gets_them() -> None:
    assert ckan_ini.plugins(ckan_ini.changed(b"[app:main]\nuse = egg:ckan\n", ("cats",), {})) == ("cats",)


def test_the_migrations_of_a_package_are_found_where_ckan_looks_for_them() -> None:
    place = disk()
    for path in ("cats/migration/cats/versions/01.py", "dogs/plugin/migration/dogs/versions/01.py"):
        place.add(SOURCE / "ext" / "ckanext" / path, b"up")
    place.add(SOURCE / "ext" / "ckanext" / "cats" / "migration" / "cats" / "env.py")
    place.add(SOURCE / "ext" / "ckanext" / "cats" / "migration" / "cats" / "versions" / "README.md")
    found = extensions.migrations(place, SOURCE / "ext")
    assert found is not None
    assert [path.parts[-2:] for path in found] == [("versions", "01.py")] * 2


def test_a_package_without_a_place_for_migrations_has_none_and_one_with_an_empty_one_may_get_some() -> None:
    place = disk()
    place.add(SOURCE / "ext" / "src" / "ckanext" / "cats" / "plugin.py")
    assert extensions.migrations(place, SOURCE / "ext") is None
    place.add(SOURCE / "ext" / "src" / "ckanext" / "cats" / "migration" / "cats" / "alembic.ini")
    assert extensions.migrations(place, SOURCE / "ext") == {}
