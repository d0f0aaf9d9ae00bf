"""Hashes as PostgreSQL and CKAN check them, held to vectors that others published or computed."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode

import pytest

from datacats.model.hashing import ckan_hash, scram_verifier

SALT = "W22ZaJ0SNY7soEsUEjb6gQ=="
NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
MESSAGE = f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={NONCE},s={SALT},i=4096,c=biws,r={NONCE}".encode()
PROOF = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SERVER_SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
"""The exchange of RFC 7677, section 3: user ``user``, password ``pencil``."""


def keys(verifier: str) -> tuple[bytes, bytes]:
    """The stored key and the server key of a verifier."""
    stored, server = verifier.rpartition("$")[2].split(":")
    return b64decode(stored), b64decode(server)


def test_a_server_with_our_verifier_accepts_the_proof_of_the_standards_example() -> None:
    stored, _ = keys(scram_verifier("pencil", b64decode(SALT)))
    signature = hmac.digest(stored, MESSAGE, "sha256")
    client_key = bytes(a ^ b for a, b in zip(PROOF, signature, strict=True))
    assert hashlib.sha256(client_key).digest() == stored


def test_a_server_with_our_verifier_signs_as_in_the_standards_example() -> None:
    _, server = keys(scram_verifier("pencil", b64decode(SALT)))
    assert hmac.digest(server, MESSAGE, "sha256") == b64decode(SERVER_SIGNATURE)


def test_another_password_is_not_accepted() -> None:
    stored, server = keys(scram_verifier("Pencil", b64decode(SALT)))
    signature = hmac.digest(stored, MESSAGE, "sha256")
    assert hashlib.sha256(bytes(a ^ b for a, b in zip(PROOF, signature, strict=True))).digest() != stored
    assert hmac.digest(server, MESSAGE, "sha256") != b64decode(SERVER_SIGNATURE)


def test_a_verifier_is_spelt_as_postgresql_keeps_it() -> None:
    assert re.fullmatch(
        r"SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=", scram_verifier("x")
    )


PASSLIB = [
    (
        "correct horse",
        b"0123456789abcdef",
        "MDEyMzQ1Njc4OWFiY2RlZg$NAtVcXr7DbXedVbBm.JvbbmENXwAmeETSMIk.8rC9F5GBbGumPcNIpwLppBM7vaXnbPUqZhH3UgUjzNRgCPZMg",
    ),
    (
        "p\u00e4ssword \u2713",
        bytes(range(240, 256)),
        "8PHy8/T19vf4.fr7/P3./w$x46BJ7vLgVd85s1xbAW.C195slaBuInLQmjJeABcEvBFhvL4v53V34sN3iHSLtprx48HzLhbNYESULJXOiNacw",
    ),
]
"""What passlib's ``pbkdf2_sha512`` made of them with its usual rounds; the second needs dots for plus signs."""


@pytest.mark.parametrize(("password", "salt", "known"), PASSLIB)
def test_ckan_gets_the_hash_that_its_own_library_would_make(password: str, salt: bytes, known: str) -> None:
    assert ckan_hash(password, salt) == f"$pbkdf2-sha512$25000${known}"


@pytest.mark.parametrize("make", [ckan_hash, scram_verifier])
def test_no_two_hashes_of_one_password_are_alike(make: object) -> None:
    assert callable(make)
    assert make("correct horse") != make("correct horse")
