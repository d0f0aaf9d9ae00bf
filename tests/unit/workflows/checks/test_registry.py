from __future__ import annotations

import pytest

from datacats.model.finding import Severity
from datacats.model.ports import Answer
from datacats.workflows.checks import registry
from tests.unit.workflows.checks.scene import Scene


def scene_with(address: str) -> Scene:
    scene = Scene()
    scene.env["DATACATS_REGISTRY"] = address
    return scene


def test_no_registry_is_well() -> None:
    (found,) = registry.check(Scene().facts)
    assert found.severity is Severity.OK


@pytest.mark.parametrize("status", [200, 401, 404])
def test_a_registry_that_answers_anything_is_well(status: int) -> None:
    scene = scene_with("registry.example.org:5000/cats")
    scene.http.script("https://registry.example.org:5000/v2/", Answer(status))
    (found,) = registry.check(scene.facts)
    assert found.severity is Severity.OK


def test_a_registry_that_does_not_answer_is_a_warning_with_the_reason() -> None:
    (found,) = registry.check(scene_with("registry.example.org:5000").facts)
    assert found.severity is Severity.WARNING
    assert "registry.example.org:5000 does not answer: the connection was refused." in found.what


@pytest.mark.parametrize("address", ["127.0.0.1:5000", "localhost:5000", "[::1]:5000"])
def test_a_registry_on_loopback_is_asked_without_tls(address: str) -> None:
    scene = scene_with(address)
    registry.check(scene.facts)
    assert [url for url, _ in scene.http.asked] == [f"http://{address}/v2/"]


def test_a_registry_without_tls_elsewhere_is_found_as_well() -> None:
    scene = scene_with("registry.example.org")
    scene.http.script("http://registry.example.org/v2/", Answer(200))
    (found,) = registry.check(scene.facts)
    assert found.severity is Severity.OK


def test_a_certificate_that_is_not_trusted_is_a_note_about_the_engine() -> None:
    scene = scene_with("registry.example.org:5000")
    reason = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
    scene.http.script("https://registry.example.org:5000/v2/", Answer(0, reason))
    (found,) = registry.check(scene.facts)
    assert found.severity is Severity.NOTE
    assert "/etc/docker/certs.d/registry.example.org:5000/ca.crt" in found.fix


def test_behind_a_proxy_the_registry_is_the_engines_business() -> None:
    scene = scene_with("registry.example.org:5000")
    scene.env["https_proxy"] = "http://10.0.0.1:3128"
    (found,) = registry.check(scene.facts)
    assert (found.severity, scene.http.asked) == (Severity.OK, [])
