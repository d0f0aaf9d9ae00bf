from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from datacats.model.finding import Severity
from datacats.workflows.checks import firewall
from tests.unit.builders import ENVIRONMENT, SITE
from tests.unit.workflows.checks.scene import Scene

UFW = Path("/etc/ufw/ufw.conf")


@pytest.mark.parametrize("content", [None, b"ENABLED=no\n"])
def test_without_ufw_there_is_nothing_to_say(content: bytes | None) -> None:
    scene = Scene()
    if content:
        scene.disk.add(UFW, content)
    (found,) = firewall.check(scene.facts)
    assert found.severity is Severity.OK


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_with_ufw_a_site_on_loopback_is_a_note(address: str) -> None:
    scene = Scene()
    scene.disk.add(UFW, b"ENABLED=yes\n")
    scene.add(ENVIRONMENT, replace(SITE, address=address))
    (found,) = firewall.check(scene.facts)
    assert found.severity is Severity.NOTE


def test_with_ufw_a_site_that_is_open_is_a_warning_that_names_it() -> None:
    scene = Scene()
    scene.disk.add(UFW, b"ENABLED=yes\n")
    scene.add(ENVIRONMENT, replace(SITE, address="0.0.0.0"))  # noqa: S104 - what a user may have chosen
    (found,) = firewall.check(scene.facts)
    assert found.severity is Severity.WARNING
    assert "Port 5716 of catstown" in found.what
    assert "datacats start catstown --address 127.0.0.1" in found.fix
