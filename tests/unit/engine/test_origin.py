"""How the engine was found is said in words, in the order in which it is looked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datacats.engine.connect import connect, connect_to_look
from datacats.engine.endpoint import SYSTEM_SOCKET, Endpoint, find, named_by
from datacats.engine.origin import origin
from datacats.errors import ConfigError, EngineUnreachable


def test_docker_host_comes_first(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "DOCKER_HOST": "unix:///x.sock", "DOCKER_CONTEXT": "work"}
    assert connect(env).address == "/x.sock (DOCKER_HOST)"
    assert find(env).named_by == "DOCKER_HOST"


def test_a_context_is_named_whether_chosen_by_a_variable_or_by_docker(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(json.dumps({"currentContext": "work"}))
    env = {"HOME": str(tmp_path)}
    assert origin(env) == "the Docker context work"
    assert origin({**env, "DOCKER_CONTEXT": "home"}) == "the Docker context home"
    assert named_by({**env, "DOCKER_CONTEXT": "default"}) == ""


def test_sockets_are_told_apart(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    assert origin(env, Endpoint(path=str(SYSTEM_SOCKET))) == "the socket of the system"
    assert origin(env, Endpoint(path="/run/user/1000/docker.sock")) == "the socket of a rootless engine"


@pytest.mark.parametrize(
    ("variable", "value", "error", "address"),
    [
        ("DOCKER_HOST", "ssh://me@far.example.org", EngineUnreachable, "no address (DOCKER_HOST)"),
        ("DOCKER_CONTEXT", "nowhere", ConfigError, "no address (the Docker context nowhere)"),
    ],
)
def test_who_only_looks_gets_ports_also_where_there_is_no_engine(
    tmp_path: Path, variable: str, value: str, error: type[Exception], address: str
) -> None:
    env = {"HOME": str(tmp_path), variable: value}
    with pytest.raises(error):
        connect(env)
    ports = connect_to_look(env)
    assert ports.engine.address == address
    assert ports.disk.entry(tmp_path)
    for ask in ("containers", "networks", "images"):
        with pytest.raises(error):
            getattr(ports.engine, ask)
    with pytest.raises(error):
        ports.engine.info()
