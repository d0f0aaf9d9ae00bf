"""What every engine tells of itself."""

from __future__ import annotations

from tests.contract.stage import Stage


def test_an_engine_tells_what_it_is(stage: Stage) -> None:
    info = stage.engine.info()

    assert info.version
    assert tuple(map(int, info.api.split("."))) >= (1, 41)
    assert info.architecture in {"amd64", "arm64"}
    assert info.memory > 0
    assert info.cpus > 0
    assert info.root.startswith("/")
    assert not info.rootless


def test_an_engine_on_this_host_publishes_ports_on_loopback(stage: Stage) -> None:
    assert stage.engine.host == "127.0.0.1"
