"""The tables of datacats's own settings, held together with what reads them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from datacats.model.environment import Site
from datacats.model.settings import GIVEN, KEYS, VARIABLES
from datacats.store import environment_file, toml_settings
from datacats.store.environment_file import EnvironmentFile

SOURCE = Path(__file__).parents[3] / "src" / "datacats"
PATH = Path("/work/catstown/datacats.toml")
HEAD = 'version = 1\nname = "catstown"\nckan = "2.12"\n'


def read(text: str) -> EnvironmentFile:
    return environment_file.parsed(PATH, text.encode())


def test_the_reader_has_a_place_for_every_key_of_the_table_and_no_other() -> None:
    assert {each.name for each in fields(EnvironmentFile)} == KEYS.keys() - {"version"}


@pytest.mark.parametrize("key", KEYS)
def test_the_example_of_every_key_is_one_that_the_reader_takes(key: str) -> None:
    kept = "\n".join(line for line in HEAD.splitlines() if not line.startswith(f"{key} "))
    example = f"{KEYS[key].example}\n"
    read(f"{kept}\n{example}" if example.startswith("[") else f"{example}{kept}")


@pytest.mark.parametrize("key", KEYS)
def test_the_default_of_every_key_is_what_the_reader_takes_for_it(key: str) -> None:
    default = KEYS[key].default
    if default is None:
        with pytest.raises(Exception, match=f"lacks the key '{key}'"):
            read("\n".join(line for line in HEAD.splitlines() if not line.startswith(f"{key} ")))
        return
    value = getattr(read(HEAD), key)
    assert toml_settings.text(list(value) if isinstance(value, tuple) else value) == default


@pytest.mark.parametrize("key", KEYS)
def test_every_key_says_what_follows_a_change_or_which_command_makes_it(key: str) -> None:
    assert KEYS[key].text.endswith(".")
    assert bool(KEYS[key].effect) or bool(KEYS[key].command)


def test_what_a_site_is_given_are_fields_of_its_record_with_their_defaults() -> None:
    known = {each.name: each.default for each in fields(Site)}
    assert GIVEN.keys() <= known.keys()
    for key, given in GIVEN.items():
        if given.default:
            assert str(known[key]).lower() == given.default


def test_every_process_variable_that_datacats_reads_is_in_the_table() -> None:
    inside = {"recipes", "inside"}
    paths = [path for path in SOURCE.rglob("*.py") if not inside & set(path.parts)]
    said = {name for path in paths for name in re.findall(r"env\.get\(\"(DATACATS_\w+)\"", path.read_text("utf-8"))}
    assert said <= VARIABLES.keys()
    assert said
