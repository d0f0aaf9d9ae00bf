"""The values at the edge of what a site can be given: the last that will do, and the first that will not."""

from __future__ import annotations

import pytest

from datacats.errors import UsageError
from datacats.workflows.claim import SiteOptions, check, check_port
from tests.support.desk import Desk


@pytest.mark.parametrize("port", [1024, 1025, 5000, 5432, 65534, 65535])
def test_a_port_that_anybody_may_publish_will_do(port: int) -> None:
    assert check_port(port) == port
    check(SiteOptions(port=port))


@pytest.mark.parametrize("port", [-1, 0, 1, 1023, 65536, 2**64])
def test_one_of_the_system_or_of_no_system_will_not(port: int) -> None:
    with pytest.raises(UsageError) as caught:
        check(SiteOptions(port=port))
    assert caught.value.message == f"{port} cannot be the port of a site."
    assert caught.value.hint == "Choose one from 1024 to 65535; lower ones belong to the system."


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::", "::1", "192.168.1.7", "fd00::7"])  # noqa: S104
def test_every_address_of_either_kind_will_do(address: str) -> None:
    check(SiteOptions(address=address))


@pytest.mark.parametrize("address", ["", " ", "cats", "1.2.3", "1.2.3.4.5", "256.0.0.1", "127.0.0.1/8", "[::1]", "*"])
def test_what_is_no_address_is_refused_with_one_that_is(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(SiteOptions(address=address))
    assert caught.value.message == f"{address!r} is no address of a network interface."
    assert caught.value.hint == "For example: --address 127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "https://data.example.org",
        "https://data.example.org/",
        "HTTPS://Data.Example.Org",
        "http://127.0.0.1:1",
        "http://x:65535",
        "http://[::1]:8080",
        "https://xn--bcher-kva.example",
        "http://a-b.c_d.example2:8080",
        "http://5.example",
    ],
)
def test_the_address_of_a_web_site_will_do(url: str) -> None:
    check(SiteOptions(site_url=url))


@pytest.mark.parametrize(
    "url",
    [
        "x",
        "//x",
        "http:x",
        "http:///",
        "ssh://x",
        "javascript:alert(1)",
        "http://x/ckan",
        "http://x//",
        "http://x?y",
        "http://x#y",
        "http://x:65536",
        "http://x:cats",
        "http://x:-1",
        "http://x:0",
        "http://[::1",
        "http://x y",
        "http://x\t",
        "http://x\r\nSECRET_KEY = y",
        "http://x\n",
        "http://x?",
        "http://x#",
        "http://x:",
        "http://x:1/?y",
        "http://user:pw@x",
        "http://user@x",
        "http://exa%mple",
        "http://a;b$c%d",
        "http://a,b",
        "http://a_b*",
        "http://-x",
        "http://x-.example",
        "http://x..example",
        "http://.x",
        "http://bücher.example",
        f"http://{'x' * 64}",
        "http://999.1.1.1",
        "http://5000",
        "http://[x]",
        "http://[127.0.0.1]",
        "http://[fe80::1%eth0]",
    ],
)
def test_whatever_else_is_refused_with_one_that_would(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(SiteOptions(site_url=url))
    assert "cannot be the address of a site: a scheme, a host and perhaps a port, and no path." in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint == "For example: --site-url https://data.example.org"


def test_nothing_chosen_is_nothing_wrong() -> None:
    check(SiteOptions())
    check(SiteOptions(site_url=""))


@pytest.mark.parametrize(("port", "debugger"), [("64535", 65535), ("64536", 63536), ("65535", 64535)])
def test_the_debuggers_port_stays_among_those_that_there_are(desk: Desk, port: str, debugger: int) -> None:
    desk.create("catstown", port)
    out = desk.done("start", "catstown", "--debugger").out
    assert f"Debugger (debugpy) at 127.0.0.1:{debugger};" in out


def test_a_debuggers_port_that_is_taken_is_told_with_its_holder_and_changes_nothing(desk: Desk) -> None:
    desk.create("catstown", "5001")
    desk.http.taken[6001] = "nginx (pid 7)"
    ran = desk("start", "catstown", "--debugger")
    assert ran.status == 13
    assert "Port 6001 on 127.0.0.1, where the debugger would be, is taken by nginx (pid 7)." in ran.err
    assert "Free it, or give the site another port" in ran.err
    assert desk.changes() == []
    assert desk.site()["debugger"] is False


@pytest.mark.parametrize("length", [1, 2, 39, 40])
def test_a_name_of_up_to_forty_letters_makes_an_environment(desk: Desk, length: int) -> None:
    name = "c" * length
    desk.create(name)
    assert desk.states()[f"datacats_web_{name}"] == "running"


def test_a_name_of_one_letter_more_does_not(desk: Desk) -> None:
    ran = desk("create", "c" * 41)
    assert ran.status == 2
    assert f"for example {'c' * 40}." in ran.err


@pytest.mark.parametrize(("password", "status"), [(b"1234567\n", 2), (b"12345678\n", 0), (b"12345678", 0), (b"\n", 2)])
def test_a_password_has_as_many_characters_as_ckan_wants(desk: Desk, password: bytes, status: int) -> None:
    ran = desk("create", "catstown", "--admin-password-stdin", stdin=password)
    assert ran.status == status
    if status:
        assert desk.changes() == []
        assert "password" in ran.err
    assert b"12345678" not in (ran.out + ran.err).encode()


def test_only_the_end_of_the_line_is_no_part_of_a_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def keep(password: str) -> str:
        seen.append(password)
        return "hash"

    monkeypatch.setattr("datacats.workflows.new_site.ckan_hash", keep)
    desk.done("create", "catstown", "--admin-password-stdin", stdin=b"  a b\tc  d \r\nmore\n")
    assert seen == ["  a b\tc  d "]
