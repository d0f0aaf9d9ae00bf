"""The names that a word on the command line may be completed to.

A key press waits for the answer, and nothing may come of it but names: so the files are looked at without the ports,
which take longer to import than all of this; nothing is made, locked or asked of the engine, and what cannot be read
names nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_LONGEST = 1 << 20
"""Bytes that are read of a file."""


def environments(env: Mapping[str, str]) -> list[str]:
    """Return the environments of the data root."""
    root = _root(env)
    return [name for name in _names(root) if root and _is_there(root / name / "environment.json")]


def sites(env: Mapping[str, str], reference: str | None) -> list[str]:
    """Return the sites of an environment: of the one that is named, else of the current directory's."""
    root, name = _root(env), _name(env, reference)
    if root is None or name is None:
        return []
    directory = root / name / "sites"
    return [site for site in _names(directory) if _is_there(directory / site / "site.json")]


def link_names(env: Mapping[str, str]) -> list[str]:
    """Return what other sites call each site: its environment's name, for a further one SITE.ENVIRONMENT."""
    from datacats.model.names import link_name  # noqa: PLC0415 - most answers need not pay for it

    return [link_name(name, site) for name in environments(env) for site in sites(env, name)]


def extensions(env: Mapping[str, str], reference: str | None) -> list[str]:
    """Return the extensions that an environment asks for, and those in its source directory."""
    source = _source(env, reference)
    asked = _document(source).get("extensions") if source else None
    texts = [each for each in asked if isinstance(each, str)] if isinstance(asked, list) else []
    named = [found[1] for text in texts if (found := re.match(r"([A-Za-z0-9][\w.-]*)(?!\S*://)", text))]
    beside = [name for name in _names(source) if name.startswith("ckanext-") and name not in named]
    return [*named, *beside]


def settings(env: Mapping[str, str], reference: str | None) -> list[str]:
    """Return datacats's own settings, and those of CKAN that were declared when it was last asked."""
    from datacats.model.settings import KEYS  # noqa: PLC0415 - most answers need not pay for it

    root, name = _root(env), _name(env, reference)
    found = list(KEYS)
    if root and name:
        for site in sites(env, name):
            found += _declared(_json(root / name / "sites" / site / "declared.json"))
    return list(dict.fromkeys(found))


def _declared(record: Mapping[str, object]) -> list[str]:
    answer = record.get("answer")
    options = answer.get("options") if isinstance(answer, dict) else None
    keys = [each.get("key") for each in options if isinstance(each, dict)] if isinstance(options, list) else []
    return [key for key in keys if isinstance(key, str) and "<" not in key]


def ckan_versions() -> list[str]:
    """Return the lines of CKAN versions, and the release of each that is pinned."""
    from datacats.recipes.versions import LINES  # noqa: PLC0415 - most answers need not pay for it

    return [*LINES, *(line.pinned for line in LINES.values())]


def _root(env: Mapping[str, str]) -> Path | None:
    home = Path(env.get("DATACATS_HOME") or f"{env.get('HOME', '')}/.datacats")
    return home if home.is_absolute() else None


def _is_there(file: Path) -> bool:
    with suppress(OSError, ValueError):
        return file.exists()
    return False


def _names(directory: Path | None) -> list[str]:
    with suppress(OSError, ValueError):
        return sorted(each.name for each in directory.iterdir()) if directory else []
    return []


def _name(env: Mapping[str, str], reference: str | None) -> str | None:
    """Return the name of the environment that is meant; a name wins over a directory of that name."""
    if reference in environments(env):
        return reference
    source = _source(env, reference)
    name = _document(source).get("name") if source else None
    return name if isinstance(name, str) and "/" not in name else None


def _source(env: Mapping[str, str], reference: str | None) -> Path | None:
    """Return the source directory that is meant, where there is one."""
    root = _root(env)
    if root and reference in environments(env):
        recorded = _json(root / str(reference) / "environment.json").get("source")
        return Path(recorded) if isinstance(recorded, str) else None
    with suppress(OSError, ValueError, RuntimeError):  # a home that nobody knows is a RuntimeError
        start = Path(reference or ".").expanduser().resolve()
        above = (start, *start.parents) if start.exists() else ()
        return next((each for each in above if _content(each / "datacats.toml")), None)
    return None


def _json(file: Path) -> Mapping[str, object]:
    import json  # noqa: PLC0415 - most answers need not pay for it

    with suppress(ValueError):
        document = json.loads(_content(file))
        return document if isinstance(document, dict) else {}
    return {}


def _document(source: Path) -> Mapping[str, object]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - most answers need not pay for it
    else:
        import tomli as tomllib  # noqa: PLC0415
    with suppress(ValueError):
        return tomllib.loads(_content(source / "datacats.toml").decode())
    return {}


def _content(file: Path) -> bytes:
    """Return what is in a file. Of a pipe or a device, which could keep one waiting, that is nothing."""
    with suppress(OSError, ValueError):
        if file.is_file():
            with file.open("rb") as opened:
                return opened.read(_LONGEST)
    return b""
