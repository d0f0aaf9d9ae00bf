"""Changes to the source directory's ``ckan.ini``: comments, order and layout are kept."""

from __future__ import annotations

import configparser
from collections.abc import Collection, Mapping, Sequence

_SECTION = "app:main"
_PLUGINS = "ckan.plugins"
_DOMAIN = "SESSION_COOKIE_DOMAIN"


def plugins(content: bytes) -> tuple[str, ...]:
    """Return the enabled plugins, in their order."""
    return tuple(settings(content).get(_PLUGINS, "").split())


def settings(content: bytes) -> Mapping[str, str]:
    """Return the settings below ``[app:main]``, as they are written."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(content.decode())
    return dict(parser.items(_SECTION)) if parser.has_section(_SECTION) else {}


def caution(content: bytes) -> str:
    """Return what a setting as ``ckan generate config`` writes it breaks without a word, or nothing."""
    if settings(content).get(_DOMAIN) != "":
        return ""
    return f"ckan.ini sets {_DOMAIN} to nothing: clients that are no browsers cannot sign in. Take the line out."


def changed(content: bytes, enabled: Sequence[str], add: Mapping[str, str], remove: Collection[str] = ()) -> bytes:
    """Return the content with these plugins, with settings added that are not there, and others taken out."""
    from configupdater import ConfigUpdater  # noqa: PLC0415 - only a change needs it

    document = ConfigUpdater()
    document.optionxform = str  # type: ignore[method-assign,assignment]
    document.read_string(content.decode())
    section = document[_SECTION]
    if _PLUGINS in section:
        section[_PLUGINS].value = " ".join(enabled)
    else:
        section.set(_PLUGINS, " ".join(enabled))
    for key in remove:
        document.remove_option(_SECTION, key)
    anchor = section[_PLUGINS]
    for key, value in reversed(list(add.items())):
        if key not in section:
            anchor.add_after.option(key, value.replace("%", "%%"))
    return str(document).encode()
