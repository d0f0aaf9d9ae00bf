"""The form of every JSON document as a JSON Schema, made from the classes of the results.

``python -m tests.support.documents`` prints it; ``docs/reference/documents.json`` holds what it printed last.
"""

from __future__ import annotations

import importlib
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, get_args

import click
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from datacats.cli import documents, render
from datacats.cli.main import root
from datacats.model.step import Unit

WRITTEN = Path(__file__).parents[2] / "docs" / "reference" / "documents.json"

_TEXT = {"type": "string"}
_COUNT = {"type": "integer"}
_ABOUT = {"operation": _TEXT, "type": _TEXT, "cause": _TEXT}
_ERROR = {
    **dict.fromkeys(("kind", "message", "hint", "during", "detail", "log"), _TEXT),
    "exit_code": _COUNT,
}
_EVENTS = (
    {"kind": {"const": "started"}, **_ABOUT, "number": _COUNT, "total": _COUNT},
    {
        "kind": {"const": "progressed"},
        **_ABOUT,
        "text": _TEXT,
        "done": _COUNT,
        "of": _COUNT,
        "unit": {"enum": [*get_args(Unit)]},
    },
    {"kind": {"const": "finished"}, **_ABOUT, "seconds": {"type": "number"}, "note": _TEXT},
    {"kind": {"const": "said"}, "text": _TEXT},
)


def load(name: str) -> type:
    """Return a class of a result by its name in the table."""
    module, _, kind = name.partition(":")
    found: type = getattr(importlib.import_module(f"datacats.{module}"), kind)
    return found


@cache
def schema(*, closed: bool = False) -> dict[str, Any]:
    """Return the schema that programs are promised: members may come, and none goes.

    The tests hold documents to the ``closed`` one, in which a member that is not written down is an error.
    """
    _resolve()
    defs: dict[str, Any] = {}
    for names in documents.RESULTS.values():
        for name in (*names, "cli.documents:Foreseen"):
            made = TypeAdapter(load(name)).json_schema(mode="serialization", ref_template="#/$defs/{model}")
            defs |= made.pop("$defs", {})
            defs[name.partition(":")[2]] = made
    objects = (each for each in defs.values() if "properties" in each)
    for each in objects:
        each |= {"required": list(each["properties"]), **_ending(closed=closed)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The documents of datacats, form {render.SCHEMA}",
        "type": "object",
        "properties": {"datacats": {"const": render.SCHEMA}, "command": _TEXT},
        "required": ["datacats", "command"],
        "oneOf": [
            *(_given(command, names) for command, names in documents.RESULTS.items()),
            {"properties": {"error": _object(_ERROR, closed=closed)}, "required": ["error"]},
            {
                "properties": {"event": {"oneOf": [_object(each, closed=closed) for each in _EVENTS]}},
                "required": ["event"],
            },
        ],
        "$defs": dict(sorted(defs.items())),
    }


def check(document: dict[str, Any]) -> None:
    """Raise ValidationError when a document is not of the form that is promised."""
    _validator().validate(document)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema(closed=True))


def _resolve() -> None:
    """Let the documents' annotations find what only type checkers import there."""
    homes = {
        "Severity": "model.finding",
        "LocalImage": "workflows.image_store",
        "EnvironmentInfo": "workflows.info",
        "Mail": "workflows.mail",
        "Page": "workflows.profile",
        "ServiceInfo": "workflows.service",
        "Run": "workflows.test",
    }
    for name, module in homes.items():
        setattr(documents, name, load(f"{module}:{name}"))


def _given(command: str, names: tuple[str, ...]) -> dict[str, Any]:
    foreseen = ("cli.documents:Foreseen",) if _is_foreseeable(command) else ()
    kinds = [{"$ref": f"#/$defs/{name.partition(':')[2]}"} for name in (*names, *foreseen)]
    return {"properties": {"command": {"const": command}, "result": {"anyOf": kinds}}, "required": ["result"]}


def _is_foreseeable(command: str) -> bool:
    """Whether a command has ``--dry-run``."""
    found: click.Command | None = root
    for word in command.split():
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), word)
    return found is not None and any("--dry-run" in each.opts for each in found.params)


def _object(properties: dict[str, Any], *, closed: bool) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), **_ending(closed=closed)}


def _ending(*, closed: bool) -> dict[str, Any]:
    return {"additionalProperties": False} if closed else {}


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
