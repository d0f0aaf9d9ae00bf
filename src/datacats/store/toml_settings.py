"""The settings in ``datacats.toml``, each by one name: ``ckan``, ``env.TZ``, ``cron.@daily``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from datacats.errors import UsageError
from datacats.model.settings import KEYS
from datacats.store.text_file import edited

_QUOTED = re.compile(r"([\"'])(.*)\1")


def flat(content: bytes) -> dict[str, str]:
    """Return every setting of a file that can be read, as text; a list is written as TOML and JSON write it."""
    found: dict[str, str] = {}
    for key, value in tomllib.loads(content.decode()).items():
        if isinstance(value, dict):
            found |= {f"{key}.{name}": text(each) for name, each in value.items()}
        else:
            found[key] = text(value)
    return found


def text(value: Any) -> str:  # noqa: ANN401 - a value of a TOML document
    """Return a value as people write it, a text without its quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def lines(content: bytes) -> dict[str, int]:
    """Return the line that each setting begins in, counted from 1."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
        if head := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = f"{head[1].strip()}."
        elif key := re.match(r"\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)\s*=", line):
            name = _QUOTED.sub(r"\2", key[1])
            found.setdefault(f"{table}{name}", number)
    return found


def value_of(key: str, words: str) -> Any:  # noqa: ANN401 - a value of a TOML document
    """Return the value that a user's words mean for a setting. Raises UsageError for what cannot be one."""
    known = KEYS[key.partition(".")[0]]
    if known.kind is bool:
        if words not in {"true", "false"}:
            raise UsageError(f"{key} must be {known.word}.", f"For example: {known.example}")
        return words == "true"
    if known.kind is list:
        return _list(key, words)
    return words


def with_setting(content: bytes, key: str, value: Any) -> bytes:  # noqa: ANN401 - a value of a TOML document
    """Return the content with a setting; comments and layout are kept."""
    return edited(content, _changing(key, lambda table, name: table.update({name: value})))


def without_setting(content: bytes, key: str) -> bytes:
    """Return the content without a setting; comments and layout are kept."""
    return edited(content, _changing(key, lambda table, name: table.pop(name, None)))


def _changing(key: str, change: Callable[[Any, str], object]) -> Callable[[str], str]:
    def changed(content: str) -> str:
        import tomlkit  # noqa: PLC0415 - only a change needs it

        document = tomlkit.parse(content)
        head, _, name = key.partition(".")
        if not name:
            change(document, head)
            return tomlkit.dumps(document)
        if head not in document:
            document.append(head, tomlkit.table())
        change(document[head], name)
        return tomlkit.dumps(document)

    return changed


def _list(key: str, words: str) -> list[str]:
    if not words.startswith("["):
        return words.split()
    try:
        found = tomllib.loads(f"value = {words}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{key} cannot be read: {error}.", f"For example: {KEYS[key].example}") from error
    return list(map(str, found))
