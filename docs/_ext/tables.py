"""The tables of the reference, from the code that they are about."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from datacats import errors
from datacats.model import labels as model_labels
from datacats.model.names import SERVICES
from datacats.model.switches import SWITCHES
from datacats.services.catalogue import Known, catalogue
from datacats.workflows.service import ALWAYS

IMAGES: Mapping[str, str] = {"postgres": "postgres", "solr": "search", "redis": "redis"}
"""The images of services that do not run CKAN."""


def table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield from ("", _row(heads), _row(["---"] * len(heads)))
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(each.split()).replace("|", "\\|") for each in cells) + " |"


def exit_codes() -> Iterator[str]:
    """Every error, by its exit code."""
    found = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.DatacatsError)]
    rows = [(str(each.exit_code), f"`{each.__name__}`", each.__doc__ or "") for each in found]
    rows = sorted([*rows, ("0", "", "All went well.")], key=lambda row: (int(row[0]), row[1]))
    yield from table(("status", "error", "means"), rows)


def labels() -> Iterator[str]:
    """Every label of ``model/labels.py`` with what its docstring says."""
    body = ast.parse(inspect.getsource(model_labels)).body
    rows = [
        (f"`{getattr(model_labels, name)}`", what)
        for made, said in pairwise(body)
        if (name := _assigned(made)) and (what := _docstring(said))
    ]
    yield from table(("label", "says"), rows)


def _assigned(node: ast.stmt) -> str:
    return node.targets[0].id if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else ""


def _docstring(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def extensions() -> Iterator[str]:
    """What ``install`` knows of common extensions."""
    known = sorted(catalogue().values(), key=lambda each: each.package)
    rows = [(f"`{each.package}`", _list(each.plugins), "; ".join(_besides(each))) for each in known]
    yield from table(("extension", "plugins", "what comes with it"), rows)


def _besides(known: Known) -> Iterator[str]:
    if known.services:
        yield f"runs {_list(known.services)}"
    yield from (f"sets `{key} = {value}`" for key, value in known.settings.items())
    if known.token:
        yield f"gets an API token of the site's own user as `{known.token}`"
    yield from (f"runs `{command}` at `{times}`" for command, times in known.cron.items())
    if known.place:
        yield f"stands {known.place} in `ckan.plugins`"
    if known.needs:
        yield f"needs {known.needs}"
    for fault in known.faults:
        yield f"up to {fault.until} does not run on CKAN {fault.since} or later: {fault.why}"


def services() -> Iterator[str]:
    """Every service that a site can have."""
    rows = [(f"`{name}`", f"`datacats/{IMAGES.get(name, 'web')}`", *_what(name)) for name in SERVICES]
    yield from table(("service", "image", "what it does", "when it is there"), rows)


def _what(service: str) -> tuple[str, str]:
    if service in SWITCHES:
        return SWITCHES[service].what, SWITCHES[service].usual
    return ALWAYS[service], "always"


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in words)
