"""Whether a port can be bound, and who is in the way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from datacats.engine import listeners
from datacats.engine.http import RealHttp
from tests.support.users import needs_ipv6, needs_root, unprivileged

LISTEN = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()
"""


def name_of(process: int) -> str:
    return Path(f"/proc/{process}/comm").read_text().strip()


@contextmanager
def listening(address: str, port: int = 0) -> Iterator[int]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, port), family=family) as listener:
        yield listener.getsockname()[1]


@contextmanager
def another_listening(port: int = 0) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-c", LISTEN, str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            yield process.pid, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "0.0.0.0"),  # noqa: S104 - only looked at
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - no connection is answered
        ("127.0.0.1", "localhost"),
        pytest.param("::1", "::1", marks=needs_ipv6),
        pytest.param("::1", "::", marks=needs_ipv6),
        pytest.param("::", "::1", marks=needs_ipv6),
    ],
)
def test_a_listener_in_the_way_is_named(held: str, wanted: str) -> None:
    with listening(held) as port:
        assert RealHttp().port_holder(wanted, port) == f"{name_of(os.getpid())} (pid {os.getpid()})"


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("127.0.0.2", "127.0.0.1"),
        pytest.param("127.0.0.1", "::", marks=needs_ipv6),
        pytest.param("127.0.0.1", "::1", marks=needs_ipv6),
        pytest.param("::1", "127.0.0.1", marks=needs_ipv6),
    ],
)
def test_a_listener_on_another_address_is_not_in_the_way(held: str, wanted: str) -> None:
    with listening(held) as port:
        assert RealHttp().port_holder(wanted, port) is None


@needs_ipv6
def test_a_listener_that_takes_an_address_of_ip_version_4_as_one_of_version_6_is_named() -> None:
    with socket.socket(socket.AF_INET6) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::ffff:127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert RealHttp().port_holder("127.0.0.1", port) == f"{name_of(os.getpid())} (pid {os.getpid()})"


def test_a_connection_that_has_just_ended_does_not_hold_its_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        port = listener.getsockname()[1]
        client.connect(("127.0.0.1", port))
        accepted, _ = listener.accept()
        accepted.close()  # the end that closes first is the one that lingers
    lingering = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    assert [f"0100007F:{port:04X}", "06"] in [[fields[1], fields[3]] for fields in lingering]
    assert RealHttp().port_holder("127.0.0.1", port) is None


def test_the_looking_itself_leaves_the_port_free() -> None:
    with listening("127.0.0.1") as port:
        pass
    for _ in range(2):
        assert RealHttp().port_holder("127.0.0.1", port) is None
    with listening("127.0.0.1", port):
        pass


def test_a_port_of_an_address_that_this_host_does_not_have_counts_as_free() -> None:
    assert RealHttp().port_holder("203.0.113.1", 5716) is None


def test_another_process_in_the_way_is_named() -> None:
    with another_listening() as (process, port):
        assert RealHttp().port_holder("127.0.0.1", port) == f"{name_of(process)} (pid {process})"


@needs_root
def test_a_process_that_this_user_may_not_look_at_has_no_name() -> None:
    with another_listening() as (_, port), unprivileged():
        assert RealHttp().port_holder("127.0.0.1", port) == ""


@needs_root
def test_a_low_port_that_an_ordinary_user_may_not_bind_is_free_unless_somebody_listens() -> None:
    low = next(port for port in range(600, 1024) if RealHttp().port_holder("127.0.0.1", port) is None)
    with unprivileged():
        assert RealHttp().port_holder("127.0.0.1", low) is None
    with another_listening(low), unprivileged():
        assert RealHttp().port_holder("127.0.0.1", low) == ""


def test_without_a_listener_there_is_no_holder() -> None:
    with listening("127.0.0.1") as port:
        pass
    assert listeners.holder("127.0.0.1", port) is None
