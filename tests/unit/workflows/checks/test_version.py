from __future__ import annotations

from dataclasses import replace

import pytest

from datacats.model.finding import Severity
from datacats.model.observed import EngineInfo
from datacats.workflows.checks import version

INFO = EngineInfo("28.0.1", "1.48", "amd64", "Debian", 2**33, 2, "/var/lib/docker")


@pytest.mark.parametrize("api", ["1.40", "1.9", "0.99"])
def test_an_engine_that_speaks_too_old_an_interface_is_refused(api: str) -> None:
    (found,) = version.judge(replace(INFO, version="19.03", api=api))
    assert found.severity is Severity.ERROR
    assert "20.10" in found.fix


@pytest.mark.parametrize("old", ["20.10.24+dfsg1", "27.5.1", "26.1"])
def test_an_engine_before_28_leaves_loopback_open_to_its_link_and_that_is_said(old: str) -> None:
    (found,) = version.judge(replace(INFO, version=old, api="1.41"))
    assert found.severity is Severity.NOTE
    assert "127.0.0.1" in found.what
    assert "iptables -t raw" in found.fix


@pytest.mark.parametrize("new", ["28.0.0", "28.2.2", "29.1", "100.0"])
def test_a_newer_engine_has_no_known_weakness(new: str) -> None:
    (found,) = version.judge(replace(INFO, version=new))
    assert found.severity is Severity.OK


def test_a_rootless_engine_publishes_by_another_way_and_is_not_accused() -> None:
    (found,) = version.judge(replace(INFO, version="20.10.24", security=("name=rootless",)))
    assert found.severity is Severity.OK
