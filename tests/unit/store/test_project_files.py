"""Project files of extensions that others wrote: what cannot be meant is named, and never crashes or is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError, Conflict
from datacats.model.extension import Extension, Unbuilt
from datacats.store import extensions, lock_file, suite

SOURCE = Path("/work/catstown")
CATS = SOURCE / "cats"
PYPROJECT = CATS / "pyproject.toml"
HEAD = '[project]\nname = "ckanext-cats"\nversion = "1"\n'


def disk(**files: str) -> FakeDisk:
    """A source directory with one extension that has these files (``_`` stands for the dot)."""
    made = FakeDisk()
    made.make_directory(SOURCE, 0o755)
    for name, text in files.items():
        made.add(CATS / name.replace("_", "."), text.encode())
    return made


def refusal(made: FakeDisk) -> str:
    with pytest.raises(ConfigError) as caught:
        extensions.find(made, SOURCE)
    assert str(PYPROJECT) in caught.value.message
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "project = 3\n",
        'project = "cats"\n',
        'project = "name"\n',
        "project = []\n",
        HEAD + "dynamic = 3\n",
        HEAD + 'dependencies = "requests"\n',
        HEAD + "dependencies = [1]\n",
        HEAD + "dependencies = { requests = 2 }\n",
        HEAD + 'scripts = "cats"\n',
        HEAD + "scripts = 7\n",
        HEAD + "entry-points = []\n",
        HEAD + 'entry-points = { "ckan.plugins" = "cats" }\n',
        HEAD + 'entry-points = { "ckan.plugins" = 7 }\n',
    ],
)
def test_a_table_that_is_not_as_packaging_defines_it_is_refused_with_its_file(text: str) -> None:
    refusal(disk(pyproject_toml=text))


def test_a_requirement_that_stands_without_its_list_is_not_read_letter_by_letter() -> None:
    assert "dependencies must be a list of texts" in refusal(disk(pyproject_toml=HEAD + 'dependencies = "requests"\n'))


@pytest.mark.parametrize("told", ["version", "dependencies", "entry-points"])
def test_what_a_build_program_decides_is_not_read_from_the_file(told: str) -> None:
    (found,) = extensions.find(disk(pyproject_toml=HEAD + f'dynamic = ["{told}"]\n'), SOURCE)
    assert isinstance(found, Unbuilt)
    assert found.directory == "cats"


def test_what_is_dynamic_and_no_concern_of_ours_changes_nothing() -> None:
    (found,) = extensions.find(disk(pyproject_toml=HEAD + 'dynamic = ["readme"]\n'), SOURCE)
    assert isinstance(found, Extension)


@pytest.mark.parametrize("file", ["pyproject_toml", "setup_py"])
def test_either_project_file_makes_a_directory_a_package(file: str) -> None:
    made = disk(**{file: ""})
    assert extensions.is_package(made, CATS)
    assert extensions.itself(made, CATS) == Unbuilt("", extensions.find(made, SOURCE)[0].digest)


@pytest.mark.parametrize("file", ["setup_cfg", "requirements_txt", "README_md"])
def test_no_other_file_does(file: str) -> None:
    made = disk(**{file: ""})
    assert not extensions.is_package(made, CATS)
    assert extensions.find(made, SOURCE) == ()
    assert extensions.itself(made, CATS) is None


@pytest.mark.parametrize("file", ["setup.py", "setup.cfg", "requirements.txt", "MANIFEST.in", "pyproject.toml"])
def test_each_file_that_decides_what_is_installed_is_in_the_digest(file: str) -> None:
    made = disk(pyproject_toml=HEAD, setup_py="")
    (before,) = extensions.find(made, SOURCE)
    made.add(CATS / file, HEAD.encode() + b"# another\n")
    assert extensions.find(made, SOURCE)[0].digest != before.digest


def test_code_is_not_in_the_digest_as_it_is_read_where_it_lies() -> None:
    made = disk(pyproject_toml=HEAD)
    (before,) = extensions.find(made, SOURCE)
    made.add(CATS / "ckanext" / "cats" / "plugin.py", b"x = 1\n")
    assert extensions.find(made, SOURCE)[0].digest == before.digest


def test_an_extension_that_has_both_layouts_keeps_its_code_beside_its_project_file() -> None:
    made = disk(pyproject_toml=HEAD)
    made.add(CATS / "src" / "x.py")
    made.add(CATS / "ckanext" / "__init__.py")
    assert extensions.root_of(made, CATS) == ""


def test_of_two_extensions_of_one_name_both_places_are_named_with_the_way_out() -> None:
    made = disk(pyproject_toml=HEAD)
    made.add(SOURCE / "dogs" / "pyproject.toml", HEAD.replace("ckanext-cats", "CKANext_Cats").encode())
    with pytest.raises(Conflict) as caught:
        extensions.find(made, SOURCE)
    assert caught.value.message == "cats and dogs are both the package CKANext_Cats."
    assert "pyproject.toml" in caught.value.hint


@pytest.mark.parametrize(
    ("written", "compared"),
    [("CKANext_Cats", "ckanext-cats"), ("a.b", "a-b"), ("a--_.b", "a-b"), ("A", "a"), ("ckanext-cats", "ckanext-cats")],
)
def test_names_are_compared_as_an_index_does(written: str, compared: str) -> None:
    assert extensions.normalise(written) == compared


@pytest.mark.parametrize(
    "text",
    [
        "project = 3\n",
        "[project]\noptional-dependencies = []\n",
        '[project.optional-dependencies]\ntest = "pytest"\n',
        "[project.optional-dependencies]\ndev = 1\n",
        '[dependency-groups]\ntests = "pytest"\n',
        "dependency-groups = 1\n",
    ],
)
def test_extras_that_are_no_lists_are_refused_with_their_file(text: str) -> None:
    with pytest.raises(ConfigError, match=r"pyproject\.toml cannot be read: "):
        suite.requirements(disk(pyproject_toml=text), CATS)


@pytest.mark.parametrize("text", ["no section\n", "[options.extras_require]\ntest\n", "\x00[["])
def test_a_setup_cfg_that_is_none_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(ConfigError, match=r"setup\.cfg cannot be read: "):
        suite.requirements(disk(setup_cfg=text), CATS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("use = egg:ckan\n", "cannot be read"),
        ("[app:main]\na = 1\na = 2\n", "cannot be read"),
        ("[DEFAULT]\na = 1\n", "has no section [app:main]"),
    ],
)
def test_an_ini_for_tests_that_ckan_could_not_read_is_refused_before_it_starts(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        suite.inis(disk(test_ini=text), CATS)
    assert said in caught.value.message
    assert str(CATS / "test.ini") in caught.value.message
    assert "\n" not in caught.value.message


LOCKED = "a" * 64
ENTRIES = "requests==2.32.0 \\\n    --hash=sha256:abc\nckanext-cats @ git+https://example.org/cats@1234\n"


def lock(text: str) -> FakeDisk:
    made = disk()
    made.add(SOURCE / lock_file.NAME, text.encode())
    return made


@pytest.mark.parametrize(
    "text",
    [
        "",
        ENTRIES,
        f"# ckan: 2.12.0\n{ENTRIES}",
        f"# request: {LOCKED}\n{ENTRIES}",
        f"# ckan: 2.12.0\n# request: {LOCKED[1:]}\n",
        f"# ckan: 2.12.0\n# request: {LOCKED}a\n",
        f"# ckan: 2.12.0\n# request: {LOCKED.upper()}\n",
        f"# ckan: 2.12.0\n# request: {LOCKED[1:]}g\n",
        "\x00\x01",
    ],
)
def test_a_lock_that_lost_what_it_was_made_for_is_never_installed_from(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        lock_file.read(lock(text), SOURCE)
    assert caught.value.message == f"{SOURCE / 'datacats.lock'} is not as datacats wrote it."
    assert caught.value.hint.endswith("remove it, then: datacats install")


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> theirs"])
def test_a_lock_that_could_not_be_merged_is_refused_with_the_line(mark: str) -> None:
    text = f"# ckan: 2.12.0\n# request: {LOCKED}\n{mark}\n{ENTRIES}"
    with pytest.raises(ConfigError) as caught:
        lock_file.read(lock(text), SOURCE)
    assert caught.value.message == f"{SOURCE / 'datacats.lock'} is in conflict (line 3)."
    assert lock_file.read(lock(text), SOURCE, merged=True) == lock_file.read(
        lock(text.replace(f"{mark}\n", "")), SOURCE
    )


def test_a_lock_keeps_hashes_and_addresses_and_sets_the_sources_own_packages_apart() -> None:
    found = lock_file.read(lock(f"# ckan: 2.12.0\n# request: {LOCKED}\n-e ./cats\n-e ./\n\n{ENTRIES}"), SOURCE)
    assert found is not None
    assert (found.ckan, found.request, found.own) == ("2.12.0", LOCKED, ("cats", ""))
    assert found.packages == ENTRIES


def test_the_versions_and_addresses_of_a_lock_are_told_by_name() -> None:
    address = "git+https://example.org/cats@1234"
    assert lock_file.versions(ENTRIES) == {"requests": "2.32.0", "ckanext-cats": address}
    assert lock_file.origins(ENTRIES) == {"ckanext-cats": address}
    assert lock_file.names("CKANext_Dogs==1\n") == ("ckanext-dogs",)
