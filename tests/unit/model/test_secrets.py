"""Secrets of a site, and password hashes as the programs that check them expect."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import astuple

import pytest

from datacats.model.hashing import ckan_hash, scram_verifier
from datacats.model.secrets import Secrets, random_text


def test_no_two_secrets_are_alike_within_a_site_or_between_sites() -> None:
    values = [*astuple(Secrets.fresh()), *astuple(Secrets.fresh())]
    assert len(set(values)) == len(values)


def test_secrets_hold_nothing_that_breaks_an_ini_file_or_a_url_and_are_long_enough() -> None:
    for value in astuple(Secrets.fresh()):
        assert value.isascii()
        assert value.isalnum()
        assert len(value) >= 22  # 22 of 62 characters are 130 bits


def test_a_random_text_has_the_length_that_was_asked_for() -> None:
    assert [len(random_text(length)) for length in (1, 16, 64)] == [1, 16, 64]


def test_secrets_do_not_show_in_a_traceback() -> None:
    secrets = Secrets.fresh()
    assert not any(value in repr(secrets) for value in astuple(secrets))


HASHES = {
    ("correct horse", bytes(range(16))): "$pbkdf2-sha512$25000$AAECAwQFBgcICQoLDA0ODw$"
    "no0pQATH8VKOEmBWJw50YZrk2tmzRj9Ae6xEw1vLLehsKeOPWOMVonpc79bKsUZLnXvPrnJcFkEt9hwlEgxdKw",
    ("p\u00e4ssword%", b"\xfb\xef\xbe" * 5 + b"\xfb"): "$pbkdf2-sha512$25000$.....................w$"
    "5.Lw2i5LiZE1TbR7I7qj3yxipbeZpwEalK9iUFtelkESWXtah3aL6cfyXHxKPGcKKs.66QEx8Vp7z6jZUPR4lg",
}
"""Made by passlib's own ``pbkdf2_sha512``."""


@pytest.mark.parametrize(("password", "salt"), HASHES)
def test_a_ckan_hash_is_what_passlib_makes_of_the_same_password(password: str, salt: bytes) -> None:
    assert ckan_hash(password, salt) == HASHES[password, salt]


def test_a_verifier_is_what_postgresql_makes_of_the_example_in_rfc_7677() -> None:
    salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    assert scram_verifier("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_the_same_password_never_gives_the_same_hash_twice() -> None:
    assert ckan_hash("password") != ckan_hash("password")
    assert scram_verifier("password") != scram_verifier("password")
