"""Values that many tests start from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from datacats.model.environment import Environment, Host, Phase, Site, SiteContext
from datacats.model.image import ImageRef, ImageSet

IMAGES = ImageSet(
    web=ImageRef("datacats/web", "2.12.0-a"),
    postgres=ImageRef("datacats/postgres", "15-a"),
    search=ImageRef("datacats/search", "2.12.0-a"),
    redis=ImageRef("datacats/redis", "7-a"),
)
ENVIRONMENT = Environment("catstown", Path("/src/catstown"), Path("/home/me/.datacats/catstown"), "uuid-1", "2.12")
SITE = Site("primary", 5716, ("10.213.0.0/27", "10.213.0.32/27"), IMAGES, phase=Phase.CREATED)
HOST = Host(1000, 1001)


def context(
    site: Site = SITE, host: Host = HOST, environment: Environment = ENVIRONMENT, **changes: Any
) -> SiteContext:
    """A complete site; ``changes`` are of the site."""
    return SiteContext(environment, replace(site, **changes), host)
