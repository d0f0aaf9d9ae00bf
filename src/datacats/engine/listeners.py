"""Which process holds a TCP port, as far as the kernel lets this user see."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTEN = "0A"
_NO_INODE = "0"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class _Socket:
    address: _Address
    port: int
    listens: bool
    inode: str


def holder(address: str, port: int) -> str | None:
    """Return ``PROGRAM (pid NUMBER)``, an empty text when the holder cannot be seen, None when there is none."""
    wanted = ipaddress.ip_address(address)
    found = [each for each in _sockets() if each.port == port and _clash(each.address, wanted)]
    found.sort(key=lambda each: not each.listens)
    if not found:
        return None
    return next((name for each in found if (name := _process(each.inode))), "")


def _clash(held: _Address, wanted: _Address) -> bool:
    return held == wanted or held.is_unspecified or wanted.is_unspecified


def _sockets() -> Iterator[_Socket]:
    for table in _TABLES:
        with suppress(OSError):  # a host without IPv6 has no such table
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] != _NO_INODE:
                    yield _socket(fields)


def _socket(fields: list[str]) -> _Socket:
    address, port = fields[1].split(":")
    return _Socket(_address(address), int(port, 16), fields[3] == _LISTEN, fields[9])


def _address(text: str) -> _Address:
    """The kernel prints each 32 bits as a number of the machine's byte order."""
    raw = bytes.fromhex(text)
    words = (raw[start : start + 4] for start in range(0, len(raw), 4))
    packed = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
    address = ipaddress.ip_address(packed)
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _process(inode: str) -> str:
    for process in sorted(_processes()):
        if f"socket:[{inode}]" in _open_files(process):
            with suppress(OSError):
                return f"{Path(f'/proc/{process}/comm').read_text().strip()} (pid {process})"
    return ""


def _processes() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal())


def _open_files(process: int) -> set[str]:
    """Empty for a process that has ended, or that belongs to another user."""
    seen = set()
    with suppress(OSError):
        for each in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                seen.add(str(each.readlink()))
    return seen
