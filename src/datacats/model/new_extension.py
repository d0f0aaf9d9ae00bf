"""What an extension is called: one name, and all that follows from it."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import Literal

from datacats.errors import UsageError

Kind = Literal["extension", "theme"]

PREFIX = "ckanext-"
"""What the directories and distributions of all extensions begin with."""

_THEME = "theme"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 50

_PLUGINS_OF_CKAN = """
activity audio_view audioview chained_functions datapusher datastore datatables_view datatablesview expire_api_token
image_view imageview multilingual multilingual_dataset multilingual_group multilingual_resource multilingual_tag
recline_graph_view recline_grid_view recline_map_view recline_view reclineview resource_proxy resourceproxy stats
system_info_view tabledesigner test_tag_vocab_plugin text_view textview tracking video_view videoview webpage_view
webpageview
"""
"""What comes with CKAN 2.10 to 2.12: plugins, and the packages that hold them, without its examples."""

_PAGES_OF_CKAN = """
about admin api base ckan ckan_admin dashboard dataset error feed feeds group home organization package resource
robots static tag tags user uploads util webassets
"""
"""What the addresses, blueprints and assets of CKAN itself begin with."""

PLUGINS_OF_CKAN = frozenset(_PLUGINS_OF_CKAN.split())
"""The names that CKAN itself has for plugins."""

_TAKEN = PLUGINS_OF_CKAN | frozenset(_PAGES_OF_CKAN.split())
_EXAMPLES = "example_"


@dataclass(frozen=True, slots=True)
class NewExtension:
    """An extension that can be made: ``slug`` is its name in directories and addresses, ``my-thing``."""

    slug: str
    kind: Kind = "extension"

    @property
    def directory(self) -> str:
        """The name of its directory and of its distribution: ``ckanext-my-thing``."""
        return PREFIX + self.slug

    @property
    def plugin(self) -> str:
        """Its name in ``ckan.plugins``, and of its package below ``ckanext``: ``my_thing``."""
        return self.slug.replace("-", "_")

    @property
    def title(self) -> str:
        """What people read: ``My thing``, for a theme ``Catstown theme``."""
        return " ".join(self._words).capitalize()

    @property
    def class_name(self) -> str:
        """The name of its plugin class: ``MyThingPlugin``."""
        return "".join(word.capitalize() for word in self._words) + "Plugin"

    @property
    def _words(self) -> list[str]:
        slug = f"{self.slug.removesuffix(_THEME)}-{_THEME}" if self.kind == _THEME else self.slug
        return [word for word in slug.split("-") if word]


def new_extension(text: str, kind: Kind = "extension") -> NewExtension:
    """Return the new extension that a user's word names, with or without ``ckanext-``.

    A theme's name ends with ``theme``, whether or not the word does.

    Raises UsageError for a name that Python or CKAN cannot have, with one that would do when one is near.
    """
    slug = _plain(text)
    if not _NAME.fullmatch(slug):
        raise UsageError(f"{text[:60]!r} cannot be the name of an extension.", _near(slug))
    if kind == _THEME and not slug.endswith(_THEME):
        slug += _THEME
    if len(slug) > _LONGEST:
        raise UsageError(f"{text[:60]!r} is too long for an extension.", f"Use at most {_LONGEST} characters.")
    made = NewExtension(slug, kind)
    if keyword.iskeyword(made.plugin):
        raise UsageError(
            f"{made.plugin!r} is a word of Python, no name.", f"Choose another one, for example my-{slug}."
        )
    if made.plugin in _TAKEN or (kind != _THEME and made.plugin.startswith(_EXAMPLES)):
        raise UsageError(f"CKAN itself uses the name {made.plugin!r}.", f"Choose another name, for example my-{slug}.")
    return made


def _plain(text: str) -> str:
    slug = text.replace("_", "-")
    return slug.removeprefix(PREFIX)


def _near(slug: str) -> str:
    hint = "Use lower-case letters, digits and single dashes, a letter first"
    near = re.sub(r"[^a-z0-9]+", "-", slug.lower()).removeprefix(PREFIX).lstrip("-0123456789")[:_LONGEST].rstrip("-")
    return f"{hint}, for example {near}." if near else f"{hint}."
