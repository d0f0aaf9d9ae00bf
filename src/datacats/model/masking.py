"""What of the settings is secret, and how it is shown."""

from __future__ import annotations

import re

MASK = "********"

_SECRET = re.compile(
    r"secret|password|passwd|passphrase|token|credential|api_?key|(private|access|validate|encrypt)_?key|(^|_)pwd$",
    re.IGNORECASE,
)
_ABOUT_ONE = re.compile(r"_(name|names|header|headers|url|algorithm|ttl|id)$", re.IGNORECASE)
"""What a key ends with that tells something about a secret, and holds none."""
_PLAIN = re.compile(r"|true|false|yes|no|on|off|none|\d{1,6}", re.IGNORECASE)
"""Values that are no secret, whatever their key."""
_IN_URL = re.compile(r"(?<=://)(?:([^/@:\s]*):[^/@\s]+|(?<=http://)[^/@:\s]+|(?<=https://)[^/@:\s]+)@")
_IN_QUERY = re.compile(r"([?&][^=&\s]*(?:secret|password|token|key)[^=&\s]*=)[^&\s]+", re.IGNORECASE)


def is_secret(key: str) -> bool:
    """Whether a setting of that name holds a secret: its last part says so."""
    last = key.rpartition(".")[2]
    return bool(_SECRET.search(last)) and not _ABOUT_ONE.search(last)


def masked(key: str, value: str) -> str:
    """Return the value as it may be shown: a secret is not, nor the password in an address."""
    if is_secret(key) and not _PLAIN.fullmatch(value):
        return MASK
    return _IN_QUERY.sub(rf"\g<1>{MASK}", _IN_URL.sub(_without_password, value))


def _without_password(found: re.Match[str]) -> str:
    user = found[1]
    return f"{MASK}@" if user is None else f"{user}:{MASK}@"
