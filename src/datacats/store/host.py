"""Facts of this host: who owns files, which proxies, indexes and certificate authorities it uses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from datacats.model.environment import Host
from datacats.model.image import ContextFile, HostBuild
from datacats.model.ports import Disk

FIXED_USER = (5716, 5716)
"""Who owns files where the caller is root and nobody else owns the source directory."""

_AUTHORITIES = Path("/usr/local/share/ca-certificates")
_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_INSIDE = "localhost,127.0.0.1,web,postgres,solr,redis"


def owner_for(disk: Disk, source: Path, caller: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return the uid and gid that own all that an environment writes.

    The caller's own; where the caller is root, the owner of the source directory (or of the nearest directory
    above it that is there), and a fixed one where that is root too. No container runs as root.
    """
    uid, gid = caller or (os.getuid(), os.getgid())
    if uid != 0:
        return uid, gid
    for directory in (source, *source.parents):
        entry = disk.entry(directory)
        if entry is not None:
            return (entry.uid, entry.gid) if entry.uid != 0 else FIXED_USER
    return FIXED_USER


def host(disk: Disk, env: Mapping[str, str], owner: tuple[int, int], architecture: str = "amd64") -> Host:
    """Return what services must know of this host."""
    bundle = disk.read(_BUNDLE) if _own_authorities(disk) and disk.entry(_BUNDLE) else b""
    return Host(*owner, architecture=architecture, proxies=_proxies(env), authorities=bundle)


def host_build(disk: Disk, env: Mapping[str, str]) -> HostBuild:
    """Return what an image build must know of this host: authorities, package indexes, proxies."""
    files = [ContextFile(f"host/ca/{name}", disk.read(_AUTHORITIES / name), 0o644) for name in _own_authorities(disk)]
    for path, target in _index_files(env):
        if disk.entry(path) is not None:
            files.append(ContextFile(target, disk.read(path), 0o644))
    proxies = {name.upper(): value for name, value in _proxies(env).items() if name.islower()}
    return HostBuild(tuple(files), proxies)


def _own_authorities(disk: Disk) -> tuple[str, ...]:
    return tuple(name for name in disk.names(_AUTHORITIES) if name.endswith(".crt"))


def _index_files(env: Mapping[str, str]) -> tuple[tuple[Path, str], ...]:
    """Where pip, uv and Maven keep their settings, the user's before the system's, and their names in a context."""
    home = Path(env.get("HOME", "/nonexistent"))
    settings = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    return (
        (Path(env.get("PIP_CONFIG_FILE") or settings / "pip" / "pip.conf"), "host/pip.conf"),
        (Path(env.get("UV_CONFIG_FILE") or settings / "uv" / "uv.toml"), "host/uv.toml"),
        (home / ".m2" / "settings.xml", "host/settings.xml"),
    )


def _proxies(env: Mapping[str, str]) -> dict[str, str]:
    """Return the proxy variables in both spellings: programs do not agree on one."""
    found: dict[str, str] = {}
    for name in _PROXIES:
        value = env.get(name) or env.get(name.upper())
        if not value:
            continue
        if name == "no_proxy":
            value = f"{value},{_INSIDE}"
        found |= {name: value, name.upper(): value}
    if found and "no_proxy" not in found:
        found |= {"no_proxy": _INSIDE, "NO_PROXY": _INSIDE}
    return found
