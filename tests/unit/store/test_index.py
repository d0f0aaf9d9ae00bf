"""Which index pip and uv ask in a build: the host's, whichever of the two was told of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from datacats.engine.fake_disk import FakeDisk
from datacats.errors import ConfigError
from datacats.store import index

HOME = {"HOME": "/home/me"}
MINE = "https://me:word@index.example.org/simple"
BOTH = {"PIP_INDEX_URL": MINE, "UV_DEFAULT_INDEX": MINE}


def disk(**files: str) -> FakeDisk:
    """A disk with settings of ``pip``, ``uv`` (the user's) and ``system`` (pip's)."""
    paths = {"pip": "/home/me/.config/pip/pip.conf", "uv": "/home/me/.config/uv/uv.toml", "system": "/etc/pip.conf"}
    made = FakeDisk()
    for name, text in files.items():
        made.add(Path(paths[name]), text.encode())
    return made


def test_a_host_that_says_nothing_asks_the_public_index() -> None:
    assert index.variables(FakeDisk(), HOME) == {}


def test_uv_asks_what_pips_variable_names() -> None:
    assert index.variables(FakeDisk(), {**HOME, "PIP_INDEX_URL": MINE}) == BOTH


def test_pip_asks_what_uvs_variable_names() -> None:
    assert index.variables(FakeDisk(), {**HOME, "UV_DEFAULT_INDEX": MINE}) == BOTH


@pytest.mark.parametrize("section", ["global", "install", "download"])
def test_uv_asks_what_pips_settings_name(section: str) -> None:
    made = disk(pip=f"[{section}]\nindex-url = {MINE}\n")
    assert index.variables(made, HOME) == {"UV_DEFAULT_INDEX": MINE}


@pytest.mark.parametrize(
    "text",
    [
        f'index-url = "{MINE}"',
        f'[pip]\nindex-url = "{MINE}"',
        f'[[index]]\nurl = "https://more"\n[[index]]\nurl = "{MINE}"\ndefault = true',
    ],
)
def test_pip_asks_what_uvs_settings_name(text: str) -> None:
    assert index.variables(disk(uv=text), HOME) == {"PIP_INDEX_URL": MINE}


def test_an_index_beside_the_public_one_does_not_replace_it() -> None:
    assert index.variables(disk(uv='[[index]]\nurl = "https://more"'), HOME) == {}


def test_each_of_the_two_is_left_the_index_that_it_was_told() -> None:
    env = {**HOME, "PIP_INDEX_URL": "https://a", "UV_INDEX_URL": "https://b"}
    assert index.variables(FakeDisk(), env) == {"PIP_INDEX_URL": "https://a", "UV_INDEX_URL": "https://b"}
    files = disk(pip="[global]\nindex-url = https://a\n", uv='index-url = "https://b"')
    assert index.variables(files, HOME) == {}


def test_the_users_settings_count_more_than_the_systems() -> None:
    made = disk(pip=f"[global]\nindex-url = {MINE}\n", system="[global]\nindex-url = https://other\n")
    assert index.variables(made, HOME) == {"UV_DEFAULT_INDEX": MINE}


def test_settings_that_name_no_index_leave_the_word_to_the_systems() -> None:
    made = disk(pip="[global]\ntimeout = 60\n", system=f"[global]\nindex-url = {MINE}\n")
    assert index.variables(made, HOME) == {"UV_DEFAULT_INDEX": MINE}


def test_a_file_that_a_variable_names_counts_most() -> None:
    made = disk(pip="[global]\nindex-url = https://other\n", uv='index-url = "https://other"')
    made.add(Path("/my.conf"), f"[global]\nindex-url = {MINE}\n".encode())
    made.add(Path("/my.toml"), f'index-url = "{MINE}"'.encode())
    assert next(path for path in index.pip_files({**HOME, "PIP_CONFIG_FILE": "/my.conf"})) == Path("/my.conf")
    assert index.uv_files({**HOME, "UV_CONFIG_FILE": "/my.toml"}) == (Path("/my.toml"),)


def test_pip_trusts_a_host_without_encryption_where_uv_does() -> None:
    found = index.variables(FakeDisk(), {**HOME, "UV_DEFAULT_INDEX": "http://me:word@10.0.0.1:8080/simple"})
    assert found["PIP_TRUSTED_HOST"] == "10.0.0.1:8080"


def test_what_else_concerns_indexes_is_passed_and_nothing_more() -> None:
    env = {"UV_INDEX_OFFICE_PASSWORD": "word", "PIP_TRUSTED_HOST": "a", "UV_CACHE_DIR": "/x", "PIP_FIND_LINKS": "/y"}
    assert set(index.variables(FakeDisk(), {**HOME, **env})) == {"UV_INDEX_OFFICE_PASSWORD", "PIP_TRUSTED_HOST"}


@pytest.mark.parametrize(
    "files",
    [
        {"pip": "no section"},
        {"pip": "[global]\nindex-url = a\n[global]"},
        {"uv": "= 1"},
        {"uv": "[index]\ndefault = true\n"},
        {"uv": "[[index]]\ndefault = true\n"},
        {"uv": "index = 1\n"},
        {"uv": 'index = "https://index.example.org"\n'},
        {"uv": 'pip = "x"\n'},
    ],
)
def test_settings_that_cannot_be_read_are_named(files: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"/home/me/\.config/.* cannot be read"):
        index.variables(disk(**files), HOME)


def test_a_shell_reads_the_variables_as_they_were() -> None:
    value = 'https://me:it\'s $HOME%20"quoted"@host/simple'
    script = index.script({"PIP_INDEX_URL": value}) + b'printf %s "$PIP_INDEX_URL"'
    assert subprocess.run(["sh"], input=script, capture_output=True, check=True).stdout.decode() == value
