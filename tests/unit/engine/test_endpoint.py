from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from datacats.engine import endpoint
from datacats.engine.endpoint import Endpoint, find, parse
from datacats.engine.tls import Certificates
from datacats.errors import ConfigError, EngineUnreachable


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Where Docker's own tools keep their settings."""
    directory = tmp_path / "docker"
    directory.mkdir()
    return directory


@pytest.fixture
def env(config: Path, tmp_path: Path) -> dict[str, str]:
    return {"DOCKER_CONFIG": str(config), "XDG_RUNTIME_DIR": str(tmp_path / "run")}


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's socket, which is there."""
    path = tmp_path / "system"
    monkeypatch.setattr(endpoint, "SYSTEM_SOCKET", path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        yield path


def write_context(config: Path, name: str, host: str, *, skip_verify: bool = False) -> Path:
    """Write a context as Docker's own tools do; return where its certificates belong."""
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts/meta" / key
    meta.mkdir(parents=True)
    told = {"Name": name, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": skip_verify}}}
    (meta / "meta.json").write_text(json.dumps(told))
    return config / "contexts/tls" / key / "docker"


def choose_context(config: Path, name: str) -> None:
    (config / "config.json").write_text(json.dumps({"currentContext": name}))


def test_docker_host_comes_before_every_context(env: dict[str, str], config: Path) -> None:
    write_context(config, "other", "unix:///other")
    choose_context(config, "other")

    assert find({**env, "DOCKER_HOST": "unix:///here"}) == Endpoint(path="/here")


def test_the_current_context_says_where_the_engine_is(env: dict[str, str], config: Path) -> None:
    write_context(config, "other", "unix:///other")
    choose_context(config, "other")

    assert find(env) == Endpoint(path="/other")


def test_a_context_chosen_for_one_run_comes_before_the_current_one(env: dict[str, str], config: Path) -> None:
    write_context(config, "other", "unix:///other")
    write_context(config, "third", "unix:///third")
    choose_context(config, "other")

    assert find({**env, "DOCKER_CONTEXT": "third"}) == Endpoint(path="/third")


def test_the_default_context_is_no_context(env: dict[str, str], config: Path, system: Path) -> None:
    choose_context(config, "default")

    assert find(env) == Endpoint(path=str(system))


def test_a_context_that_is_not_there_is_named(env: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="'nosuch'") as refused:
        find({**env, "DOCKER_CONTEXT": "nosuch"})

    assert "docker context" in refused.value.hint


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_settings_that_cannot_be_read_say_nothing(
    env: dict[str, str], config: Path, system: Path, content: str
) -> None:
    (config / "config.json").write_bytes(content.encode("latin-1"))

    assert find(env) == Endpoint(path=str(system))


@pytest.mark.parametrize("skip_verify", [False, True])
def test_a_context_brings_its_own_certificates(env: dict[str, str], config: Path, *, skip_verify: bool) -> None:
    certificates = write_context(config, "far", "tcp://far.example:2376", skip_verify=skip_verify)
    certificates.mkdir(parents=True)

    assert find({**env, "DOCKER_CONTEXT": "far"}) == Endpoint(
        hostname="far.example", port=2376, certificates=Certificates(certificates, verify=not skip_verify)
    )


def test_a_rootless_engine_is_found_where_there_is_no_other(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "SYSTEM_SOCKET", tmp_path / "absent")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/docker.sock").touch()

    assert find(env) == Endpoint(path=str(tmp_path / "run/docker.sock"))


def test_the_system_s_engine_comes_before_a_rootless_one(env: dict[str, str], tmp_path: Path, system: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/docker.sock").touch()

    assert find(env) == Endpoint(path=str(system))


def test_with_no_engine_anywhere_the_system_s_socket_is_the_one_to_name(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "SYSTEM_SOCKET", tmp_path / "absent")

    assert find(env) == Endpoint(path=str(tmp_path / "absent"))


@pytest.mark.parametrize(
    ("variables", "certificates"),
    [
        ({}, None),
        ({"DOCKER_CERT_PATH": "/certificates"}, None),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certificates"}, Certificates(Path("/certificates"))),
        (
            {"DOCKER_TLS": "1", "DOCKER_CERT_PATH": "/certificates"},
            Certificates(Path("/certificates"), verify=False),
        ),
    ],
)
def test_tls_is_asked_for_by_variables(
    env: dict[str, str], variables: dict[str, str], certificates: Certificates | None
) -> None:
    assert find({**env, "DOCKER_HOST": "tcp://far.example:9", **variables}).certificates == certificates


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("unix:///var/run/docker.sock", Endpoint(path="/var/run/docker.sock")),
        ("tcp://10.0.0.1:2375", Endpoint(hostname="10.0.0.1", port=2375)),
        ("tcp://far.example", Endpoint(hostname="far.example", port=2375)),
        ("far.example:4000", Endpoint(hostname="far.example", port=4000)),
        ("http://far.example:80", Endpoint(hostname="far.example", port=80)),
        ("tcp://[fd00::1]:2375", Endpoint(hostname="fd00::1", port=2375)),
    ],
)
def test_addresses_are_read_as_docker_reads_them(address: str, expected: Endpoint) -> None:
    assert parse(address) == expected


def test_the_port_of_an_address_without_one_is_that_of_tls_when_there_are_certificates() -> None:
    assert parse("tcp://far.example", Certificates(Path("/c"))).port == 2376


def test_an_engine_over_ssh_is_refused_with_what_to_do() -> None:
    with pytest.raises(EngineUnreachable, match="SSH") as refused:
        parse("ssh://me@far.example")

    assert "ssh -nNT -L" in refused.value.hint
    assert "me@far.example" in refused.value.hint


@pytest.mark.parametrize("address", ["npipe:////./pipe/docker_engine", "unix://", "tcp://", "fd://"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(EngineUnreachable, match="no address"):
        parse(address)


@pytest.mark.parametrize(
    ("address", "url", "host"),
    [
        ("unix:///run/docker.sock", "unix:///run/docker.sock", "127.0.0.1"),
        ("tcp://far.example:2375", "http://far.example:2375", "far.example"),
        ("https://far.example:2376", "https://far.example:2376", "far.example"),
        ("tcp://[fd00::1]:2375", "http://[fd00::1]:2375", "fd00::1"),
    ],
)
def test_an_endpoint_tells_its_url_and_where_its_ports_are_published(address: str, url: str, host: str) -> None:
    assert parse(address).url == url
    assert parse(address).host == host
