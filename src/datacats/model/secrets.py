"""The secrets of a site: made once, kept for its life, never the same for two sites."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field, fields

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords of the database roles and of Redis, and CKAN's own keys.

    Letters and digits only: a ``%`` in a value stops CKAN's configuration, a ``/`` breaks a database URL.
    32 of 62 characters are 190 bits.
    """

    ckan: str = field(repr=False)
    datastore_ro: str = field(repr=False)
    redis: str = field(repr=False)
    secret_key: str = field(repr=False)
    jwt: str = field(repr=False)
    beaker: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Secrets:
        """Make new ones from the system's random source."""
        return cls(**{each.name: random_text(_LENGTH) for each in fields(cls)})


def random_text(length: int) -> str:
    """Return so many random letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
