"""What the host and its user allow a test: run as an ordinary user, even where the tests run as root."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

IS_ROOT = os.geteuid() == 0
NOBODY = 65534

needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root can make files for somebody else")


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this host has no loopback address of IP version 6")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Let this process be an ordinary user meanwhile."""
    if not IS_ROOT:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@contextmanager
def common_directory() -> Iterator[Path]:
    """Give a directory of that ordinary user, on a way that it may go (pytest's own is closed to others)."""
    path = Path(tempfile.mkdtemp())
    if IS_ROOT:
        os.chown(path, NOBODY, NOBODY)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
