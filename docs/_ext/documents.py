"""The results of commands as JSON, in tables, from the schema that the tests hold the documents to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs._ext.tables import table

SCHEMA = Path(__file__).parents[1] / "reference" / "documents.json"

_HERE = "#/$defs/"
Shape = Mapping[str, Any]


def results() -> Iterator[str]:
    """Which results each command gives."""
    rows = []
    for each in json.loads(SCHEMA.read_text())["oneOf"]:
        if "result" in each["properties"]:
            command = each["properties"]["command"]["const"]
            rows.append((f"`{command}`", _type(each["properties"]["result"])))
    yield from table(("command", "`result`"), rows)


def objects() -> Iterator[str]:
    """A section for each object: what it is, and its members."""
    for name, shape in sorted(json.loads(SCHEMA.read_text())["$defs"].items()):
        yield from ("", f"### {name}", "", *shape.get("description", "").replace("``", "`").splitlines(), "")
        if "properties" in shape:
            needed = shape.get("required", ())
            rows = [
                (f"`{member}`", _type(value), "" if member in needed else f"`{json.dumps(value.get('default'))}`")
                for member, value in shape["properties"].items()
            ]
            yield from table(("member", "is", "unless told"), rows)
        elif "enum" in shape:
            yield ", ".join(f"`{value}`" for value in shape["enum"])


def _type(shape: Shape) -> str:
    """What a member can be, in words; objects are linked to their sections."""
    if choices := shape.get("anyOf") or shape.get("oneOf"):
        return " or ".join(_type(choice) for choice in choices)
    if "$ref" in shape:
        name = shape["$ref"].removeprefix(_HERE)
        return f"[{name}](#{name.lower()})"
    if values := shape.get("enum") or [shape[key] for key in ("const",) if key in shape]:
        return " or ".join(f"`{value}`" for value in values)
    if shape.get("type") == "array":
        return f"array of {_type(shape.get('items', {}))}"
    if shape.get("type") == "object" and isinstance(shape.get("additionalProperties"), Mapping):
        return f"object of {_type(shape['additionalProperties'])}"
    return str(shape.get("type", "anything"))
