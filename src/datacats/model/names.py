"""Names, and what is named after them: one place for all of them."""

from __future__ import annotations

import re

from datacats.errors import UsageError

PRIMARY = "primary"
"""The site that an environment has from the start."""

BACKING_SERVICES = ("postgres", "solr", "redis")
"""What every site has beside web: they hold its state and publish no port."""

BESIDE_WEB = ("worker", "mail", "cron", "harvest-gather", "harvest-fetch")
"""What a site may have beside these, each switched on and off: see ``model.switches``."""

SPARE = "spare"
"""What stands in the name of a spare one-off container where a service's stands in its own."""

SERVICES = ("web", *BACKING_SERVICES, *BESIDE_WEB)
"""Every service that a site can have, in the order in which people read them."""

RUN_CKAN = ("web", *(each for each in BESIDE_WEB if each != "mail"))
"""The services that run CKAN's code: they see the source directory, and use the backing services."""

STATE = ("postgres", "solr", "redis", "files")
"""The parts that a site's own state is in; all else is made from the definition."""

STOP_ORDER = (*RUN_CKAN, "mail", "solr", "redis", "postgres")

_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def check_name(name: str, what: str) -> str:
    """Return ``name`` when it can name an environment or a site.

    Raises UsageError otherwise, with a name that would do when one is near.
    """
    if _NAME.fullmatch(name) and "--" not in name:
        return name
    near = re.sub(r"-+", "-", re.sub(r"[^a-z0-9]+", "-", name.lower())).lstrip("-0123456789")[:40].rstrip("-")
    hint = "Use lower-case letters, digits and single dashes, a letter first, at most 40 characters"
    if near and near != name:
        hint += f", for example {near}"
    raise UsageError(f"{name[:60]!r} cannot be the name of {what}.", f"{hint}.")


def suffix(environment: str, site: str) -> str:
    """What the names of a site's containers and networks end with; names hold no ``_``, so it always separates."""
    return environment if site == PRIMARY else f"{environment}_{site}"


def container_name(service: str, environment: str, site: str = PRIMARY) -> str:
    """``datacats_SERVICE_NAME``, and ``datacats_SERVICE_NAME_SITE`` for a further site."""
    return f"datacats_{service}_{suffix(environment, site)}"


def volume_name(part: str, environment: str, site: str = PRIMARY) -> str:
    """``datacats_PART_NAME``, and ``datacats_PART_NAME_SITE`` for a further site."""
    return f"datacats_{part}_{suffix(environment, site)}"


def network_name(kind: str, environment: str, site: str = PRIMARY) -> str:
    """``datacats_front_NAME`` or ``datacats_back_NAME`` (with ``_SITE`` for a further site)."""
    return f"datacats_{kind}_{suffix(environment, site)}"


def link_name(environment: str, site: str = PRIMARY) -> str:
    """What other sites' containers call a site's web: ``NAME``, and ``SITE.NAME`` for a further site."""
    return environment if site == PRIMARY else f"{site}.{environment}"


def called(environment: str, site: str) -> str:
    """What people call a site: ``NAME``, and ``NAME/SITE`` for a further one."""
    return environment if site == PRIMARY else f"{environment}/{site}"


def typed(verb: str, where: object, site: str = PRIMARY) -> str:
    """The command that does something to a site, as people type it: ``datacats start -s SITE NAME``.

    The primary site need not be named, but where that would mean every site.
    """
    return f"datacats {verb} {where}" if site == PRIMARY and verb != "purge" else f"datacats {verb} -s {site} {where}"
