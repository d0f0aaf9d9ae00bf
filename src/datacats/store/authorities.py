"""Certificate authorities that this host trusts beyond what Debian does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from datacats.model.ports import Disk

_OWN = Path("/usr/local/share/ca-certificates")
_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?")


def own(disk: Disk, env: Mapping[str, str]) -> dict[str, bytes]:
    """Return a file name and a PEM for each authority of the host's own.

    They were added to the system, or are in a file that a process variable names and not in the system's bundle.
    """
    added = {name: disk.read(_OWN / name) for name in disk.names(_OWN) if name.endswith(".crt")}
    return added | {f"named-{number}.crt": pem for number, pem in enumerate(_named(disk, env), 1)}


def bundle(disk: Disk, env: Mapping[str, str]) -> bytes:
    """Return all authorities that this host trusts; nothing when it has none of its own."""
    named = _named(disk, env)
    added = any(name.endswith(".crt") for name in disk.names(_OWN))
    return _system(disk) + b"".join(named) if named or added else b""


def _named(disk: Disk, env: Mapping[str, str]) -> list[bytes]:
    paths = sorted({Path(env[name]) for name in _VARIABLES if env.get(name)} - {_BUNDLE})
    texts = [disk.read(path) for path in paths if _is_there(disk, path)]
    known = set(_certificates(_system(disk))) if texts else set()
    return [pem for pem in dict.fromkeys(pem for text in texts for pem in _certificates(text)) if pem not in known]


def _is_there(disk: Disk, path: Path) -> bool:
    """Where the variable names a directory, the system's bundle has to do."""
    entry = disk.entry(path)
    return entry is not None and entry.kind != "directory"


def _system(disk: Disk) -> bytes:
    return disk.read(_BUNDLE) if disk.entry(_BUNDLE) else b""


def _certificates(text: bytes) -> list[bytes]:
    return [pem.rstrip(b"\n") + b"\n" for pem in _CERTIFICATE.findall(text.replace(b"\r\n", b"\n"))]
