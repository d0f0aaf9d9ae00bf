"""What CKAN and the enabled plugins declare of their settings, asked of the site's own image."""

from __future__ import annotations

import difflib
import fnmatch
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from datacats.apply import last_lines
from datacats.errors import CommandFailed, DiskError
from datacats.model.environment import SiteContext
from datacats.model.event import Events
from datacats.model.masking import MASK, is_secret
from datacats.services import declarations
from datacats.store import declared_file
from datacats.workflows import up
from datacats.workflows.answer import answer
from datacats.workflows.workspace import Workspace

_KINDS = {
    "boolean_validator": "true or false",
    "convert_int": "a whole number",
    "convert_float": "a number",
    "as_list": "words with spaces between them",
}
_TRUE = ("true", "yes", "on", "y", "t", "1")
_FALSE = ("false", "no", "off", "n", "f", "0")
"""What CKAN knows as such (``ckan.common.asbool``)."""
_FAILURE = "CKAN could not tell what it declares of its settings"
_ROLE = re.compile(r":[\w:+-]+:`([^`<]+?)(?: <[^`>]*>)?`")


@dataclass(frozen=True, slots=True)
class Declared:
    """A setting as CKAN or a plugin declares it; ``plugin`` is empty for CKAN's own.

    ``default`` is None where there is none; ``former`` is an older name that still works. A ``dynamic`` one stands for
    all whose names are like its own: ``sqlalchemy.<OPTION>``.
    """

    key: str
    dynamic: bool
    plugin: str
    default: str | None
    validators: str
    description: str
    example: str | None
    former: str
    flags: tuple[str, ...]

    def misread(self, value: str) -> str:
        """Return what is wrong with a value that CKAN takes for false without a word; empty where nothing is."""
        if "boolean_validator" not in self.validators.split() or value.strip().lower() in {"", *_TRUE, *_FALSE}:
            return ""
        return "it is neither true nor false, and CKAN takes it for false without a word"

    @property
    def kind(self) -> str:
        """What a value must be, in words; empty where any text will do."""
        words = [_KINDS[each] for each in self.validators.split() if each in _KINDS]
        if found := re.search(r"one_of\(\[(.*?)\]\)", self.validators):
            words.append("one of " + ", ".join(re.findall(r"[\"'](.*?)[\"']", found[1])))
        if "not_empty" in self.validators:
            words.append("not empty")
        return ", ".join(words)

    def covers(self, key: str) -> bool:
        """Whether it is about that setting."""
        return self.key == key or (self.dynamic and fnmatch.fnmatchcase(key, re.sub(r"<[^>]*>", "*", self.key)))


@dataclass(frozen=True, slots=True)
class Declarations:
    """All that is declared, and what CKAN says of the settings that it was asked about.

    ``variables`` maps settings to the process variables of CKAN's own that beat every file; ``errors`` are values that
    its validators refuse, ``problems`` plugins that cannot be loaded.
    """

    ckan: str
    options: Mapping[str, Declared]
    variables: Mapping[str, str]
    errors: Mapping[str, str]
    problems: Mapping[str, str]

    def find(self, key: str) -> Declared | None:
        """Return what is declared about a setting, or None."""
        exact = self.options.get(key)
        return exact or next((each for each in self.options.values() if each.covers(key)), None)


def ask(workspace: Workspace, context: SiteContext, settings: Mapping[str, str], events: Events) -> Declarations:
    """Ask the site's image, in a one-off container that needs no database. Raises CommandFailed, ImageMissing.

    What was asked last is known: until code, image, extensions or settings change.
    """
    disk, environment, site = workspace.ports.disk, context.environment, context.site.name
    about = (repr(declarations.one_off(context)).encode(), declarations.question(settings))
    key = declared_file.digest(disk, environment, about)
    known = declared_file.read(disk, environment, site, key)
    if known is not None and (found := decoded(known)):
        return found
    told, found = _asked(workspace, context, settings, events)
    owner = (context.host.uid, context.host.gid)
    with suppress(DiskError):  # then it is asked again
        disk.place(declared_file.path(environment, site), declared_file.content(key, told), 0o600, owner)
    return found


def _asked(
    workspace: Workspace, context: SiteContext, settings: Mapping[str, str], events: Events
) -> tuple[dict[str, Any], Declarations]:
    up.ensure_image(workspace, context, events)
    done = answer(workspace, declarations.one_off(context), declarations.question(settings), _FAILURE)
    told = _loaded(done.stdout)
    told["errors"] = {key: _without(settings.get(key, ""), key, words) for key, words in told.get("errors", {}).items()}
    found = decoded(told)
    if found is None:
        raise CommandFailed(f"{_FAILURE}.", "Its last lines say why.", detail=last_lines(done.stderr))
    return told, found


def _loaded(output: bytes) -> dict[str, Any]:
    try:
        told = json.loads(output)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _without(value: str, key: str, words: str) -> str:
    """Validators tell what they refuse: not where that is a secret."""
    return words.replace(value, MASK) if value and is_secret(key) else words


def decoded(told: dict[str, Any]) -> Declarations | None:
    """Return what an answer of the container says, or None for what is none."""
    try:
        options = [Declared(**{**each, "flags": tuple(each["flags"])}) for each in told["options"]]
        return Declarations(**{**told, "options": {each.key: each for each in options}})
    except (KeyError, TypeError):
        return None


def nearest(key: str, known: Iterable[str]) -> str:
    """Return the name that was probably meant; empty where none is near."""
    names = {each.lower(): each for each in known}
    for guess in (key.lower(), f"ckan.{key.lower()}"):
        if guess in names:
            return names[guess]
    near = difflib.get_close_matches(key.lower(), names, n=1, cutoff=0.75)
    return names[near[0]] if near else ""


def plain(text: str) -> str:
    """Return a description without the marks that its markup needs."""
    return _ROLE.sub(r"\1", text).replace("``", "`").strip()
