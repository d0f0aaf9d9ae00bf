"""CKAN's configuration: what a site owns, laid over the source directory's own ``ckan.ini``."""

from __future__ import annotations

import io
from collections.abc import Mapping
from configparser import RawConfigParser
from types import MappingProxyType

from datacats.model.environment import Mode, SiteContext
from datacats.model.names import suffix
from datacats.model.secrets import Secrets
from datacats.services import catalogue, mail, solr, web

OWNED = frozenset(
    {
        "sqlalchemy.url",
        "ckan.datastore.write_url",
        "ckan.datastore.read_url",
        "solr_url",
        "ckan.redis.url",
        "ckan.site_id",
        "ckan.site_url",
        "ckan.storage_path",
        "SECRET_KEY",
        "WTF_CSRF_SECRET_KEY",
        "beaker.session.secret",
        "beaker.session.validate_key",
        "api_token.jwt.encode.secret",
        "api_token.jwt.decode.secret",
    }
)
"""Keys that belong to a site, not to the source: in the source's ``ckan.ini`` they are an error."""

_CONSOLE = """\
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = generic
[formatter_generic]
format = %(asctime)s %(levelname)-5.5s [%(name)s] %(message)s
"""

_HEADER = """\
# Made by datacats for one site: what the site owns, over the source directory's ckan.ini.
# Edits here are lost. Choices belong in ckan.ini of the source directory.
"""


def render(
    context: SiteContext, secrets: Secrets, choices: bytes, kept: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """Return the content of the site's ``ckan.ini``.

    ``choices`` is the source's, for which plugins are enabled and how CKAN logs; ``kept`` are further
    settings of the site, which hold secrets: none replaces what datacats sets.

    Before 2.12 CKAN reads how to log from the file it is given alone, not from one that this file uses.
    """
    sending = mail.settings(context, _keys(choices))
    values = {**kept, **_owned(context, secrets), **sending, **_extensions(context, secrets, choices)}
    owned = "\n".join(f"{key} = {_escape(value)}" for key, value in values.items())
    head = f"{_HEADER}[app:main]\nuse = config:{web.PROJECT}/ckan.ini\n{owned}\n"
    return f"{head}\n{logging_sections(choices.decode())}".encode()


def _keys(choices: bytes) -> set[str]:
    parser = RawConfigParser()
    parser.read_string(choices.decode())
    return set(parser.options("app:main")) if parser.has_section("app:main") else set()


def logging_sections(choices: str) -> str:
    """Return the sections that say how CKAN logs: those of a configuration, or to the console."""
    parser = RawConfigParser()
    parser.read_string(choices)
    if not all(parser.has_section(name) for name in ("loggers", "handlers", "formatters")):
        parser = RawConfigParser()
        parser.read_string(_CONSOLE)
    for name in parser.sections():
        if not name.startswith(("logger", "handler", "formatter")):
            parser.remove_section(name)
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def _owned(context: SiteContext, secrets: Secrets) -> dict[str, str]:
    database = f"postgresql://ckan:{secrets.ckan}@postgres"
    values = {
        "sqlalchemy.url": f"{database}/ckan",
        "solr_url": solr.URL,
        "ckan.redis.url": f"redis://:{secrets.redis}@redis:6379/0",
        "ckan.site_id": suffix(context.environment.name, context.site.name),
        "ckan.site_url": context.site.url,
        "ckan.storage_path": web.STORAGE,
        "SECRET_KEY": secrets.secret_key,
        "WTF_CSRF_SECRET_KEY": secrets.secret_key,
        "api_token.jwt.encode.secret": f"string:{secrets.jwt}",
        "api_token.jwt.decode.secret": f"string:{secrets.jwt}",
        "beaker.session.secret": secrets.beaker,
        "beaker.session.validate_key": secrets.beaker,
    }
    if context.site.mode is Mode.PRODUCTION:
        values["debug"] = "false"
    if context.site.datastore:
        values["ckan.datastore.write_url"] = f"{database}/datastore"
        values["ckan.datastore.read_url"] = f"postgresql://datastore_ro:{secrets.datastore_ro}@postgres/datastore"
    return values


def _extensions(context: SiteContext, secrets: Secrets, choices: bytes) -> dict[str, str]:
    """Return what known extensions must be told about the site."""
    enabled = plugins(choices.decode())
    facts = {"database": _owned(context, secrets)["sqlalchemy.url"]}
    return {key: value.format(**facts) for known in catalogue.of_plugins(enabled) for key, value in known.site.items()}


def plugins(text: str) -> tuple[str, ...]:
    """Return the plugins that a configuration enables, in their order."""
    parser = RawConfigParser()
    parser.read_string(text)
    return tuple(parser.get("app:main", "ckan.plugins", fallback="").split())


def _escape(value: str) -> str:
    """CKAN's parser takes ``%`` for the start of an interpolation, and a line that is not indented for a new key."""
    return value.replace("%", "%%").replace("\n", "\n\t")
