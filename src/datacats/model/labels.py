"""The labels on every object that datacats makes; they, not names, say whose an object is."""

from __future__ import annotations

from collections.abc import Mapping

PREFIX = "org.datacats."

ROOT = PREFIX + "root"
"""The uuid of the data root that the object belongs to."""

HOME = PREFIX + "home"
"""The path of that data root, for people who look for the holder of a name."""

ENVIRONMENT = PREFIX + "environment"
"""The environment that the object is part of."""

SITE = PREFIX + "site"
"""The site of that environment."""

SERVICE = PREFIX + "service"
"""The service that a container is; absent on one-off containers."""

ONE_OFF = PREFIX + "one-off"
"""What a one-off container was started for; absent on services."""

SPEC = PREFIX + "spec"
"""The digest of the full description that a container or network was made from."""

MODE = PREFIX + "mode"
"""The mode of the site: development or production."""

ROLE = PREFIX + "role"
"""On images: web, postgres, search, or redis."""

CKAN = PREFIX + "ckan"
"""On images: the CKAN version."""

RECIPE = PREFIX + "recipe"
"""On images: the digest of the recipe."""

CONFIGURATION = PREFIX + "configuration"
"""The digest of the files that a service reads only when it starts."""


def owner(found: Mapping[str, str]) -> dict[str, str]:
    """Return those of an object's labels that say whose it is."""
    return {name: found[name] for name in (ROOT, HOME, ENVIRONMENT, SITE) if name in found}
