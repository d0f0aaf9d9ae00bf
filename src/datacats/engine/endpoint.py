"""Where the Docker Engine listens, and how to open a connection to it."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datacats.engine.tls import Certificates, secured
from datacats.errors import ConfigError, EngineUnreachable

SYSTEM_SOCKET = Path("/var/run/docker.sock")

_CONNECT_WITHIN = 10.0
_PLAIN_PORT, _TLS_PORT = 2375, 2376


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The address of an engine: the path of a Unix socket, or a host and a port with or without TLS.

    ``named_by`` is what somebody wrote it down in; empty where it is the usual one.
    """

    path: str = ""
    hostname: str = ""
    port: int = 0
    certificates: Certificates | None = None
    named_by: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.path or f"{self.hostname}:{self.port}"

    @property
    def url(self) -> str:
        """This address as docker-py takes it."""
        if self.path:
            return f"unix://{self.path}"
        scheme = "https" if self.certificates else "http"
        host = f"[{self.hostname}]" if ":" in self.hostname else self.hostname
        return f"{scheme}://{host}:{self.port}"

    @property
    def host(self) -> str:
        """The host that the engine's published ports are reached on."""
        return "127.0.0.1" if self.path else self.hostname

    def dial(self, timeout: float | None) -> socket.socket:
        """Open a connection that waits up to ``timeout`` seconds for each answer. Raises OSError."""
        if self.path:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                link.connect(self.path)
            except OSError:
                link.close()
                raise
        else:
            link = socket.create_connection((self.hostname, self.port), _CONNECT_WITHIN)
            if self.certificates:
                link = secured(link, self.hostname, self.certificates)
        link.settimeout(timeout)
        return link


def find(env: Mapping[str, str]) -> Endpoint:
    """Return the engine that Docker's own tools would use in these process variables.

    In this order: ``DOCKER_HOST``, ``DOCKER_CONTEXT``, the current context, the system's socket, a rootless
    engine's socket. Nothing is connected. Raises ConfigError for a context that cannot be read and
    EngineUnreachable for an address of a kind that datacats does not speak.
    """
    config = _config_directory(env)
    if address := env.get("DOCKER_HOST"):
        directory = Path(env.get("DOCKER_CERT_PATH") or config)
        secured = env.get("DOCKER_TLS_VERIFY") or env.get("DOCKER_TLS")
        certificates = Certificates(directory, bool(env.get("DOCKER_TLS_VERIFY"))) if secured else None
        return replace(parse(address, certificates), named_by=named_by(env))
    context = current_context(env)
    if context != "default":
        return replace(_of_context(context, config), named_by=named_by(env))
    rootless = Path(env.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}", "docker.sock")
    use_rootless = rootless.exists() and not os.access(SYSTEM_SOCKET, os.R_OK | os.W_OK)
    return Endpoint(path=str(rootless if use_rootless else SYSTEM_SOCKET))


def current_context(env: Mapping[str, str]) -> str:
    """Return the name of the Docker context in use; ``default`` is no context at all."""
    chosen = env.get("DOCKER_CONTEXT") or _read(_config_directory(env) / "config.json").get("currentContext")
    return str(chosen or "default")


def named_by(env: Mapping[str, str]) -> str:
    """Return what somebody wrote the engine's address down in; an empty text where the usual one holds."""
    if env.get("DOCKER_HOST"):
        return "DOCKER_HOST"
    context = current_context(env)
    return "" if context == "default" else f"the Docker context {context}"


def parse(address: str, certificates: Certificates | None = None) -> Endpoint:
    """Read ``unix:///path``, ``tcp://host:port``, ``http://...`` or ``https://...``. Raises EngineUnreachable."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "unix" and parts.path:
        return Endpoint(path=parts.path)
    if parts.scheme == "ssh":
        raise EngineUnreachable(
            f"datacats cannot reach an engine over SSH by itself ({address}).",
            f"Forward its socket: ssh -nNT -L /tmp/docker.sock:{SYSTEM_SOCKET} {parts.netloc} & "
            "and set DOCKER_HOST=unix:///tmp/docker.sock",
        )
    if parts.scheme not in {"tcp", "http", "https"} or not parts.hostname:
        raise EngineUnreachable(
            f"{address!r} is no address of a Docker Engine.",
            "Set DOCKER_HOST to unix:///path/to/socket or tcp://host:port, or unset it.",
        )
    if parts.scheme == "https" and certificates is None:
        certificates = Certificates(Path.home() / ".docker")
    return Endpoint(
        hostname=parts.hostname,
        port=parts.port or (_TLS_PORT if certificates else _PLAIN_PORT),
        certificates=certificates,
    )


def _config_directory(env: Mapping[str, str]) -> Path:
    return Path(env.get("DOCKER_CONFIG") or Path(env.get("HOME") or Path.home(), ".docker"))


def _of_context(name: str, config: Path) -> Endpoint:
    key = hashlib.sha256(name.encode()).hexdigest()
    docker = _read(config / "contexts/meta" / key / "meta.json").get("Endpoints", {}).get("docker", {})
    if not docker.get("Host"):
        raise ConfigError(
            f"There is no Docker context {name!r} with a Docker endpoint in {config}.",
            "See which there are: docker context ls; choose one: docker context use NAME",
        )
    directory = config / "contexts/tls" / key / "docker"
    return parse(
        docker["Host"],
        Certificates(directory, verify=not docker.get("SkipTLSVerify")) if directory.is_dir() else None,
    )


def _read(path: Path) -> dict[str, Any]:
    """Return what Docker's own tools wrote to a file; a file that is missing or damaged says nothing."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
