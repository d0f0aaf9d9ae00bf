"""What is made from the code says all that the code has, and stands on a page."""

from __future__ import annotations

import re

import click
import pytest
from docs._ext.generated import GENERATED, fill

from datacats import errors
from datacats.cli.main import root
from datacats.cli.topics import TOPICS
from datacats.cli.topics.variables import VARIABLES
from datacats.model.names import SERVICES
from datacats.model.settings import GIVEN, KEYS
from datacats.services.catalogue import catalogue
from tests.docs.pages import PATHS, ROOT

SOURCE = ROOT / "src" / "datacats"


def made(name: str) -> str:
    return "\n".join(GENERATED[name]())


def test_each_command_has_a_section_with_all_its_options() -> None:
    text = made("commands")
    assert "Usage: datacats [OPTIONS] COMMAND" in text
    context = click.Context(root, info_name="datacats")
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert f"Usage: datacats {name}" in section
        for parameter in (each for each in command.params if not getattr(each, "hidden", False)):
            assert all(option in section for option in parameter.opts if option.startswith("-")), parameter
        if isinstance(command, click.Group):
            assert [f"### {name} {inner}" in section for inner in command.commands] == [True] * len(command.commands)


def test_each_error_stands_with_its_exit_code() -> None:
    rows = {tuple(row.strip("| ").split(" | ")[:2]) for row in made("exit-codes").splitlines()}
    known = [
        each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.DatacatsError)
    ]
    assert {(str(each.exit_code), f"`{each.__name__}`") for each in known} <= rows
    assert ("0", "") in rows


def test_each_label_stands_with_what_it_says() -> None:
    rows = made("labels").strip().splitlines()[2:]
    names = re.findall(r"^([A-Z_]+) = PREFIX", (SOURCE / "model" / "labels.py").read_text(), re.MULTILINE)
    assert len(rows) == len(names)
    assert all(re.fullmatch(r"\| `org\.datacats\.[a-z-]+` \| \S.*\. \|", row) for row in rows), rows


def test_each_service_and_each_known_extension_has_a_row() -> None:
    assert len(made("services").strip().splitlines()) - 2 == len(SERVICES)
    assert len(made("extensions").strip().splitlines()) - 2 == len(catalogue())


def test_each_key_of_the_environments_file_and_each_thing_that_a_site_is_given_has_a_row() -> None:
    for name, names in {"keys": KEYS, "given": GIVEN}.items():
        rows = made(name).strip().splitlines()[2:]
        assert [row.split(" | ")[0] for row in rows] == [f"| `{each}`" for each in names]


def test_each_process_variable_and_each_topic_stands_there() -> None:
    assert len(made("variables").strip().splitlines()) - 2 == len(VARIABLES)
    assert [f"`datacats help {name}`" in made("topics") for name in TOPICS] == [True] * len(TOPICS)


@pytest.mark.parametrize("name", GENERATED)
def test_what_can_be_generated_stands_on_a_page(name: str) -> None:
    assert [path for path in PATHS if f"% generated: {name}\n" in path.read_text()] != []


def test_a_cell_keeps_its_bars() -> None:
    """A bar in a text would end its cell."""
    for row in made("extensions").strip().splitlines():
        assert len(re.findall(r"(?<!\\)\|", row)) == 4


def test_a_mark_is_replaced_and_the_rest_of_the_page_is_not() -> None:
    before, after = fill("# A\n\n% generated: labels\n\nZ\n").split(made("labels"))
    assert (before, after) == ("# A\n\n", "\n\nZ\n")


def test_a_mark_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("% generated: nonsense\n")
