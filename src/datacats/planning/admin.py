"""Give a site its administrator."""

from __future__ import annotations

import uuid

NAME = "admin"

_UPSERT = """\
INSERT INTO "user" (id, name, password, fullname, email, created, sysadmin, state, activity_streams_email_notifications)
VALUES ('{id}', '{name}', '{hash}', 'Administrator', '{email}', now() AT TIME ZONE 'utc', true, 'active', false)
ON CONFLICT (name) DO UPDATE SET password = excluded.password, sysadmin = true, state = 'active';
"""


def upsert(password_hash: str, name: str = NAME) -> str:
    """Return the SQL that makes ``name`` an active sysadmin with that password, whether or not it is there."""
    return _UPSERT.format(id=uuid.uuid4(), name=name, hash=password_hash, email=f"{name}@example.com")
