"""Facts of this host: who owns files, which proxies, indexes and certificate authorities it uses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from datacats.model.environment import IMAGE_USER, Host
from datacats.model.image import ContextFile, HostBuild
from datacats.model.ports import Disk
from datacats.store import authorities, index

_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_INSIDE = "localhost,127.0.0.1,web,postgres,solr,redis"


def owner_for(disk: Disk, source: Path, caller: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return the uid and gid that own all that an environment writes.

    The caller's own; where the caller is root, the owner of the source directory (or of the nearest directory
    above it that is there), and who the images run as where that is root too. No container runs as root.
    """
    uid, gid = caller or (os.getuid(), os.getgid())
    if uid != 0:
        return uid, gid
    for directory in (source, *source.parents):
        entry = disk.entry(directory)
        if entry is not None:
            return (entry.uid, entry.gid) if entry.uid != 0 else IMAGE_USER
    return IMAGE_USER


def host(disk: Disk, env: Mapping[str, str], owner: tuple[int, int], architecture: str = "amd64") -> Host:
    """Return what services must know of this host."""
    trusted = authorities.bundle(disk, env)
    return Host(*owner, architecture=architecture, proxies=_proxies(env), authorities=trusted)


def host_build(disk: Disk, env: Mapping[str, str]) -> HostBuild:
    """Return what an image build must know of this host: authorities, package indexes, proxies."""
    files = {f"host/ca/{name}": pem for name, pem in authorities.own(disk, env).items()}
    for target, paths in _settings(env).items():
        if path := next((path for path in paths if disk.entry(path) is not None), None):
            files[target] = disk.read(path)
    if told := index.variables(disk, env):
        files["host/variables"] = index.script(told)
    proxies = {name.upper(): value for name, value in _proxies(env).items() if name.islower()}
    return HostBuild(tuple(ContextFile(path, content) for path, content in files.items()), proxies)


def _settings(env: Mapping[str, str]) -> dict[str, tuple[Path, ...]]:
    """Where pip, uv and Maven keep their settings, by their names in a context; the first that is there is taken."""
    maven = Path(env.get("HOME") or "/nonexistent") / ".m2" / "settings.xml"
    return {"host/pip.conf": index.pip_files(env), "host/uv.toml": index.uv_files(env), "host/settings.xml": (maven,)}


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
