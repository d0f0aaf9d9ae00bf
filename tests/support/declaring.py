"""A CKAN that declares a handful of settings, and refuses what is no number, in the one-off container that is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from datacats.engine.fake_world import Call, Outcome, quiet
from datacats.services import declarations
from tests.support.desk import Desk

PROGRAM = declarations.COMMAND[2]
TITLE = """This sets the name of the site, see :ref:`ckan.site_url` and :py:func:`~ckan.lib.x`,
or ``nothing``.
"""
LINES = "sqlalchemy.<OPTION>"


def option(key: str, default: str | None = None, **more: Any) -> dict[str, Any]:
    """A declaration as the program tells it."""
    return {
        "key": key,
        "dynamic": "<" in key,
        "plugin": "",
        "default": default,
        "validators": "",
        "description": "",
        "example": None,
        "former": "",
        "flags": [],
        **more,
    }


OPTIONS = (
    option("ckan.site_title", "CKAN", description=TITLE, example="Open Data Scotland"),
    option("ckan.datasets_per_page", "20", validators="convert_int", former="ckan.per_page"),
    option("ckan.plugins", "", validators="as_list"),
    option("ckan.site_url", None, validators="not_empty", flags=["required"]),
    option("ckan.hidden", "x", flags=["internal"]),
    option("SESSION_COOKIE_SAMESITE", "Lax", validators='one_of(["Strict","Lax","None"])'),
    option("debug", "False", validators="boolean_validator"),
    option("smtp.server", "localhost"),
    option("smtp.password"),
    option("ckan.recaptcha.privatekey"),
    option("ckan.datastore.sqlsearch.enabled", "False", validators="boolean_validator", plugin="datastore"),
    option("ckan.site_description", ""),
    option(LINES),
)


class Declaring:
    """What the engine's containers run: the question is answered, and PostgreSQL tells what is stored.

    ``fails`` is what the question ends badly with, ``prints`` what a plugin puts before the answer.
    """

    def __init__(self, desk: Desk) -> None:
        self.asked: list[dict[str, str]] = []
        self.stored: dict[str, str] = {}
        self.missing = {"nosuch"}
        self.fails = b""
        self.prints = b""
        self.meanwhile: Callable[[], None] = lambda: None
        desk.engine.world.program = self

    def __call__(self, call: Call) -> Outcome:
        """Run a command."""
        if call.command[:1] == ("psql",) and "system_info" in call.command[-1]:
            return Outcome(0, json.dumps(self.stored).encode() if self.stored else b"\n")
        if call.command[-1] != PROGRAM:
            return quiet(call)
        if self.fails:
            return Outcome(1, b"", self.fails)
        self.asked.append(json.loads(call.stdin))
        self.meanwhile()
        return Outcome(0, self.prints + json.dumps(self.answer(self.asked[-1])).encode(), b"WARNI: a plugin prints\n")

    def answer(self, settings: dict[str, str]) -> dict[str, Any]:
        """What the program prints."""
        plugins = settings.get("ckan.plugins", "").split()
        return {
            "ckan": "2.12.0",
            "options": OPTIONS,
            "variables": {"smtp.server": "CKAN_SMTP_SERVER", "ckan.site_url": "CKAN_SITE_URL"},
            "errors": dict(self._errors(settings)),
            "problems": {each: "PluginNotFoundException: it is not there" for each in plugins if each in self.missing},
        }

    @staticmethod
    def _errors(settings: dict[str, str]) -> Iterator[tuple[str, str]]:
        if not settings.get("ckan.datasets_per_page", "20").lstrip("-").isdigit():
            yield "ckan.datasets_per_page", "Please enter an integer value"
        if " " in settings.get("ckan.recaptcha.privatekey", ""):
            yield "ckan.recaptcha.privatekey", f"{settings['ckan.recaptcha.privatekey']} is no key"
        if not settings.get("ckan.site_url"):
            yield "ckan.site_url", "Missing value"
