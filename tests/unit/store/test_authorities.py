"""Which certificate authorities are this host's own."""

from __future__ import annotations

from pathlib import Path

from datacats.engine.fake_disk import FakeDisk
from datacats.store import authorities

SYSTEM = "/etc/ssl/certs/ca-certificates.crt"


def pem(word: str) -> bytes:
    return f"-----BEGIN CERTIFICATE-----\n{word}\n-----END CERTIFICATE-----\n".encode()


def disk(**files: bytes) -> FakeDisk:
    made = FakeDisk()
    made.add(Path(SYSTEM), pem("debian"))
    for name, content in files.items():
        made.add(Path(f"/home/me/{name}.pem"), content)
    return made


def test_a_host_without_any_of_its_own_gives_containers_none() -> None:
    assert authorities.own(disk(), {"SSL_CERT_FILE": SYSTEM}) == {}
    assert authorities.bundle(disk(), {"SSL_CERT_FILE": SYSTEM}) == b""


def test_what_was_added_to_the_system_is_its_own() -> None:
    made = disk()
    made.add(Path("/usr/local/share/ca-certificates/office.crt"), pem("office"))
    assert authorities.own(made, {}) == {"office.crt": pem("office")}
    assert authorities.bundle(made, {}) == pem("debian")


def test_of_a_file_that_a_variable_names_only_what_the_system_lacks_is_taken() -> None:
    made = disk(all=pem("debian") + b"# ours\n" + pem("office") + pem("lab"))
    env = {"SSL_CERT_FILE": "/home/me/all.pem"}
    assert authorities.own(made, env) == {"named-1.crt": pem("office"), "named-2.crt": pem("lab")}
    assert authorities.bundle(made, env) == pem("debian") + pem("office") + pem("lab")


def test_an_authority_that_two_variables_name_is_one() -> None:
    made = disk(a=pem("office"), b=pem("office").replace(b"\n", b"\r\n"))
    env = {"REQUESTS_CA_BUNDLE": "/home/me/a.pem", "PIP_CERT": "/home/me/b.pem"}
    assert authorities.own(made, env) == {"named-1.crt": pem("office")}


def test_a_variable_that_names_no_file_says_nothing() -> None:
    made = disk()
    made.make_directory(Path("/home/me/certs"), 0o755)
    env = {"REQUESTS_CA_BUNDLE": "/home/me/certs", "SSL_CERT_FILE": "/home/me/gone.pem", "PIP_CERT": ""}
    assert authorities.own(made, env) == {}
