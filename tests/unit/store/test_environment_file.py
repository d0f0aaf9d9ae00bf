"""datacats.toml: what is accepted, and how the rest is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from datacats.engine.disk import RealDisk
from datacats.errors import ConfigError
from datacats.store import environment_file

GOOD = environment_file.new("catstown", "2.12").decode()


def read(tmp_path: Path, text: str) -> environment_file.EnvironmentFile:
    (tmp_path / "datacats.toml").write_text(text)
    return environment_file.read(RealDisk(), tmp_path)


def refusal(tmp_path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert str(tmp_path / "datacats.toml") in caught.value.message
    return caught.value


def test_a_new_file_reads_back(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == environment_file.EnvironmentFile("catstown", "2.12", {})


def test_process_variables_are_passed_through(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD + 'TZ = "UTC"\n').env == {"TZ": "UTC"}


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    error = refusal(tmp_path, 'nmae = "x"\n' + GOOD)
    assert "'nmae'" in error.message
    assert error.hint == "Did you mean 'name'?"


def test_an_unknown_key_far_from_all_lists_the_known_ones(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path, "zzz = 1\n" + GOOD).hint
        == "Known keys: ckan, cron, env, extensions, name, overrides, services, spare_containers, "
        "system_packages, version."
    )


def test_a_spare_container_stands_ready_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).spare_containers
    assert not read(tmp_path, "spare_containers = false\n" + GOOD).spare_containers


@pytest.mark.parametrize("value", ['"false"', "0"])
def test_spare_containers_takes_no_other_word(tmp_path: Path, value: str) -> None:
    error = refusal(tmp_path, f"spare_containers = {value}\n" + GOOD)
    assert error.message.endswith("spare_containers must be true or false.")
    assert error.hint == "For example: spare_containers = false"


def test_a_newer_version_asks_for_an_upgrade(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD.replace("version = 1", "version = 2"))
    assert "pip install --upgrade datacats" in error.hint
    assert "in a clone: git pull && ./script/setup" in error.hint


@pytest.mark.parametrize("key", ["version", "name", "ckan"])
def test_a_missing_key_is_named_with_an_example(tmp_path: Path, key: str) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(key))
    error = refusal(tmp_path, text)
    assert f"{key!r}" in error.message
    assert f"{key} = " in error.hint


@pytest.mark.parametrize(
    ("line", "word"),
    [("ckan = 2.12", "a text in quotes"), ("version = '1'", "a number"), ("version = true", "a number")],
)
def test_a_value_of_the_wrong_type_is_explained(tmp_path: Path, line: str, word: str) -> None:
    key = line.split(" ", maxsplit=1)[0]
    text = "\n".join(line if each.startswith(key) else each for each in GOOD.splitlines())
    assert word in refusal(tmp_path, text).message


@pytest.mark.parametrize("text", ["name = [", "name = 'a'\nname = 'b'", "\x00"])
def test_broken_toml_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    assert "is not valid TOML" in refusal(tmp_path, text).message


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "datacats.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not valid TOML"):
        environment_file.read(RealDisk(), tmp_path)


def test_a_name_that_cannot_be_is_refused(tmp_path: Path) -> None:
    assert "cannot be the name" in refusal(tmp_path, GOOD.replace('"catstown"', '"Cats_Town"')).message


def test_a_variable_of_ckans_own_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD + 'CKAN_SQLALCHEMY_URL = "postgresql://x"\n')
    assert "ckan.ini" in error.hint


def test_changing_a_value_keeps_comments_and_layout(tmp_path: Path) -> None:
    changed = environment_file.with_value(GOOD.encode(), "ckan", "2.11").decode()
    assert changed == GOOD.replace('ckan = "2.12"', 'ckan = "2.11"')
    assert read(tmp_path, changed).ckan == "2.11"
