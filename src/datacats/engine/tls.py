"""TLS to an engine elsewhere."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where ``ca.pem``, ``cert.pem`` and ``key.pem`` lie, and whether to check that the engine is the one we mean."""

    directory: Path
    verify: bool = True


def secured(link: socket.socket, hostname: str, certificates: Certificates) -> ssl.SSLSocket:
    """Return the connection behind TLS."""
    directory = certificates.directory
    context = ssl.create_default_context(cafile=directory / "ca.pem" if (directory / "ca.pem").exists() else None)
    if (directory / "cert.pem").exists():
        context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    if not certificates.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(link, server_hostname=hostname)


def farewell(link: ssl.SSLSocket) -> bytes:
    """Return the bytes that tell the other side that nothing more is sent, while it may go on sending.

    Python can only close both directions: having said its own part, it reads, and fails on whatever else comes than
    the other side's. So it talks to a socket on which nothing comes, and what it said is picked up there.
    """
    descriptor = link.fileno()
    kept = os.dup(descriptor)
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        far.setblocking(False)
        os.dup2(near.fileno(), descriptor)
        try:
            with suppress(ssl.SSLWantReadError):
                link.unwrap()
        finally:
            os.dup2(kept, descriptor)
            os.close(kept)
        return far.recv(1024)
