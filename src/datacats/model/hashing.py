"""Password hashes as PostgreSQL and CKAN store them, so that no plain password reaches a server's log."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64encode

SCRAM_ROUNDS = 4096
CKAN_ROUNDS = 25_000


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """Return the SCRAM-SHA-256 verifier of a password (RFC 5803), as PostgreSQL keeps it in ``pg_authid``."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def ckan_hash(password: str, salt: bytes | None = None) -> str:
    """Return the hash of a password as CKAN's user table keeps it: passlib's PBKDF2-SHA512 with its usual rounds."""
    salt = salt or secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, CKAN_ROUNDS)
    return f"$pbkdf2-sha512${CKAN_ROUNDS}${_passlib_text(salt)}${_passlib_text(key)}"


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _passlib_text(raw: bytes) -> str:
    """Passlib's base 64: a dot for the plus sign and no padding."""
    return _text(raw).rstrip("=").replace("+", ".")
