"""Short texts on what commands share: ``datacats help TOPIC``, the man page and the documentation show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Topic(NamedTuple):
    """A text of at most 40 lines of 80 columns; indented lines stay as they are. ``text`` reads or makes it."""

    title: str
    text: Callable[[], str]


def _stored(name: str) -> Callable[[], str]:
    def read() -> str:
        from importlib.resources import files  # noqa: PLC0415 - a list of the topics need not pay for it

        return (files(__name__) / f"{name}.txt").read_text("utf-8")

    return read


def _exit_codes() -> str:
    from datacats.cli.topics.exit_codes import text  # noqa: PLC0415 - a list of the topics need not pay for it

    return text()


def _variables() -> str:
    from datacats.cli.topics.variables import text  # noqa: PLC0415 - a list of the topics need not pay for it

    return text()


TOPICS: Mapping[str, Topic] = {
    "environments": Topic("Environments and their two directories", _stored("environments")),
    "files": Topic("What lies where", _stored("files")),
    "datacats.toml": Topic("What an environment is: datacats.toml", _stored("datacats.toml")),
    "ckan.ini": Topic("How CKAN is configured: ckan.ini", _stored("ckan.ini")),
    "secrets": Topic("Keys and passwords of a site", _stored("secrets")),
    "networks": Topic("Networks, ports and addresses", _stored("networks")),
    "production": Topic("Development and production", _stored("production")),
    "output": Topic("What commands print, for people and for programs", _stored("output")),
    "exit-codes": Topic("How commands end", _exit_codes),
    "variables": Topic("Process variables that datacats follows", _variables),
}
"""Name -> topic, in the order in which people need them."""


def contents() -> str:
    """Return the list of topics."""
    width = max(map(len, TOPICS))
    lines = [f"  {name:<{width}}  {topic.title}" for name, topic in TOPICS.items()]
    return "\n".join(["Topics, each shown by: datacats help TOPIC", "", *lines])
