"""Maven reads no process variables; it is told of the proxies in them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.unit.recipes.image_file import load

maven = load("search/maven_proxies.py")


def proxies(**env: str) -> list[dict[str, str | None]]:
    root = ET.fromstring(maven.settings(env))  # noqa: S314 - our own text
    return [{each.tag: each.text for each in proxy} for proxy in root.iter("proxy")]


def test_without_a_proxy_maven_is_told_of_none() -> None:
    assert proxies() == []


def test_each_scheme_has_its_own_proxy() -> None:
    found = proxies(http_proxy="http://a:3128", HTTPS_PROXY="http://b:8080/")
    assert [(each["protocol"], each["host"], each["port"]) for each in found] == [
        ("http", "a", "3128"),
        ("https", "b", "8080"),
    ]


def test_name_and_password_are_decoded_and_safe_in_xml() -> None:
    (found,) = proxies(https_proxy="http://me:p%40ss%26%3C@proxy:1")
    assert (found["username"], found["password"]) == ("me", "p@ss&<")


def test_a_proxy_without_a_name_asks_for_none() -> None:
    (found,) = proxies(https_proxy="http://proxy:1")
    assert "username" not in found
    assert "password" not in found


def test_hosts_that_need_no_proxy_are_spelt_as_java_does() -> None:
    (found,) = proxies(https_proxy="http://proxy:1", no_proxy="localhost, .example.com,10.0.0.1,")
    assert found["nonProxyHosts"] == "localhost|*.example.com|10.0.0.1"
