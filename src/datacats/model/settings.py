"""The settings of datacats's own: every key of ``datacats.toml``, what a site is given, and the process variables.

The reader of ``datacats.toml``, ``datacats config`` and the reference in the documentation use these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_REPLACED = "The next start replaces web and all that runs CKAN beside it."
_INSTALLED = "The next install follows it."


@dataclass(frozen=True, slots=True)
class Key:
    """A key of ``datacats.toml``. ``default`` is its value where the file says nothing; None where it must be there.

    ``effect`` says what follows a change. ``command`` is the one that changes it, where ``config set`` does not: it
    does more than to write.
    """

    kind: type
    text: str
    example: str
    default: str | None = ""
    effect: str = _REPLACED
    command: str = ""

    @property
    def word(self) -> str:
        """What it must be, in words."""
        return _WORDS[self.kind]


_WORDS = {int: "a number", str: "a text in quotes", bool: "true or false", list: "a list of texts", dict: "a table"}

KEYS: Mapping[str, Key] = {
    "version": Key(int, "The version of this file's layout.", "version = 1", None, "", "datacats"),
    "name": Key(
        str,
        "The name of the environment: its containers, its data directory and its default port follow from it.",
        'name = "catstown"',
        None,
        "",
        "datacats create NAME",
    ),
    "ckan": Key(
        str,
        "The CKAN that its sites run: a version, or a line of versions, of which it is the newest.",
        'ckan = "2.12"',
        None,
        "A site keeps its images until datacats upgrade.",
    ),
    "extensions": Key(
        list,
        "Extensions from the Python index or from git, as requirements.",
        'extensions = ["ckanext-scheming"]',
        "[]",
        _INSTALLED,
        "datacats install",
    ),
    "overrides": Key(
        list,
        "Requirements that replace CKAN's own pins.",
        'overrides = ["urllib3>=2.8"]',
        "[]",
        _INSTALLED,
    ),
    "system_packages": Key(
        list,
        "Debian packages that web gets.",
        'system_packages = ["libgeos-c1v5"]',
        "[]",
        "The next start builds an image, and replaces web and all that runs CKAN beside it.",
    ),
    "spare_containers": Key(
        bool,
        "Whether a container stands ready with CKAN imported, for the next ckan command of a development site.",
        "spare_containers = false",
        "true",
        "The next start makes the spare container, or makes none any more.",
    ),
    "env": Key(dict, "Process variables of web and one-off containers.", "[env]", "{}"),
    "services": Key(
        dict, "Services that are switched on or off.", "[services]", "{}", "", "datacats service add (or remove)"
    ),
    "cron": Key(
        dict,
        "Times as in a crontab, in UTC unless env.TZ says otherwise, and the commands that run then.",
        "[cron]",
        "{}",
        "The next start replaces cron.",
    ),
}
"""The keys of ``datacats.toml``."""


@dataclass(frozen=True, slots=True)
class Given:
    """Something that a site was given, and how it changes; what is ``for_good`` only a new one can have otherwise."""

    text: str
    option: str
    default: str = ""
    for_good: bool = False

    def way(self, environment: str) -> str:
        """Return the command that changes it, or what gives a new site another one."""
        command = f"datacats {self.option.replace('NAME', environment)}"
        return f"{command} (a new site beside this one; this one keeps it)" if self.for_good else command


GIVEN: Mapping[str, Given] = {
    "port": Given("The host port that web is published on; it follows from the name unless chosen.", "start NAME PORT"),
    "address": Given("The host address that the port is published on.", "start NAME --address IP", "127.0.0.1"),
    "site_url": Given(
        "The address people use, where it is not that of the port; CKAN's ckan.site_url.",
        "start NAME --site-url URL",
    ),
    "mode": Given(
        "Whether the development or the production server runs.",
        "start NAME --production|--development",
        "development",
    ),
    "datastore": Given("Whether it has a DataStore.", "init -s SITE --no-datastore", "true", for_good=True),
    "low_memory": Given("Whether it does with little memory.", "init -s SITE --low-memory", "false", for_good=True),
    "debugger": Given("Whether debugpy listens on a loopback port.", "start NAME --debugger|--no-debugger", "false"),
    "profile": Given("Whether each page and its SQL are measured.", "start NAME --profile|--no-profile", "false"),
}
"""What the record of a site says, by the name of its field."""

VARIABLES: Mapping[str, str] = {
    "DATACATS_HOME": "The data root, an absolute path. [default: ~/.datacats]",
    "DATACATS_REGISTRY": "HOST:PORT of the registry that images come from.",
    "DATACATS_SUBNETS": "The range of the sites' networks. [default: 10.213.0.0/16]",
    "DATACATS_SPARES": "0: no spare container stands ready for the next command.",
    "DATACATS_PLAIN": "Not empty: plain lines on a terminal too.",
}
"""The process variables of datacats itself."""
