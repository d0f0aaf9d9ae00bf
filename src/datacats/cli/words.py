"""How things are named to people."""

from __future__ import annotations

from datacats.model.names import PRIMARY


def named(environment: str, site: str) -> str:
    """Return ``NAME``, and ``NAME/SITE`` for a further site."""
    return environment if site == PRIMARY else f"{environment}/{site}"
