"""The settings of datacats's own, from the tables that its reader and ``datacats config`` use."""

from __future__ import annotations

from collections.abc import Iterator

from datacats.model.settings import GIVEN, KEYS
from docs._ext.tables import table


def keys() -> Iterator[str]:
    """Every key of ``datacats.toml``."""
    rows = [
        (
            f"`{name}`",
            key.text,
            f"`{key.example}`",
            "must be there" if key.default is None else f"`{key.default}`" if key.default else "",
            f"By `{key.command}`." if key.command else key.effect,
        )
        for name, key in KEYS.items()
    ]
    yield from table(("key", "says", "for example", "without it", "a change"), rows)


def given() -> Iterator[str]:
    """What a site was given when it was made or started."""
    rows = [(f"`{name}`", each.text, f"`datacats {each.option}`", each.default) for name, each in GIVEN.items()]
    yield from table(("setting", "says", "changed by", "without it"), rows)
