"""What the engine is told when a container or a network is made: our specs in its words."""

from __future__ import annotations

from typing import Any

from datacats.model import labels
from datacats.model.service import Attachment, ContainerSpec, Mount, NetworkSpec, VolumeSpec

_MIB = 1024 * 1024
_LOG = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}


def container(spec: ContainerSpec, *, stdin: bool = False, init: bool = False) -> dict[str, Any]:
    """Return the body of the request that makes a container; ``stdin`` says that its input will be fed.

    With ``init`` the engine's init is its first process: as such a program takes no notice of signals that it does not
    handle. Only the first network is joined by this request, and a container of no network has none at all.
    """
    fed = stdin or spec.terminal or spec.stdin_open
    body: dict[str, Any] = {
        "Image": str(spec.image),
        "Cmd": list(spec.command),
        "User": spec.user,
        "Env": [f"{name}={value}" for name, value in spec.env.items()],
        "WorkingDir": spec.working_dir,
        "Hostname": spec.hostname,
        "Labels": dict(spec.labels),
        "StopSignal": spec.stop_signal,
        "StopTimeout": spec.stop_grace,
        "Tty": spec.terminal,
        "OpenStdin": fed,
        "StdinOnce": fed,
        "AttachStdin": fed,
        "ExposedPorts": {f"{port.container_port}/tcp": {} for port in spec.ports},
        "HostConfig": {**_host(spec), "Init": init},
    }
    if not spec.checked:
        body["Healthcheck"] = {"Test": ["NONE"]}
    if spec.networks:
        first = spec.networks[0]
        body["NetworkingConfig"] = {"EndpointsConfig": {first.network: endpoint(first)}}
    return body


def endpoint(attachment: Attachment) -> dict[str, Any]:
    """Return what a container is on one network."""
    return {"Aliases": list(attachment.aliases)}


def network(spec: NetworkSpec) -> dict[str, Any]:
    """Return the body of the request that makes a network."""
    return {
        "Name": spec.name,
        "CheckDuplicate": True,
        "Driver": "bridge",
        "Internal": spec.internal,
        "IPAM": {"Driver": "default", "Config": [{"Subnet": spec.subnet}]},
        "Labels": dict(spec.labels),
    }


def volume(spec: VolumeSpec) -> dict[str, Any]:
    """Return the body of the request that makes a volume."""
    return {"Name": spec.name, "Driver": "local", "Labels": dict(spec.labels)}


def _host(spec: ContainerSpec) -> dict[str, Any]:
    memory = spec.limits.memory * _MIB
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in spec.ports:
        bound = {"HostIp": port.address, "HostPort": str(port.port)}
        bindings.setdefault(f"{port.container_port}/tcp", []).append(bound)
    return {
        "Mounts": [_mount(mount, spec) for mount in spec.mounts],
        "Tmpfs": dict(spec.tmpfs),
        "NetworkMode": spec.networks[0].network if spec.networks else "none",
        "PortBindings": bindings,
        "RestartPolicy": {"Name": spec.restart},
        "AutoRemove": spec.auto_remove,
        "ReadonlyRootfs": spec.read_only,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "PidsLimit": spec.limits.pids,
        "Memory": memory,
        "MemorySwap": memory,
        "CpuShares": spec.limits.weight,
        "ShmSize": spec.limits.shm * _MIB,
        "LogConfig": _LOG,
    }


def _mount(mount: Mount, spec: ContainerSpec) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Type": "volume" if mount.volume else "bind",
        "Source": mount.source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }
    if mount.volume:
        told["VolumeOptions"] = {"Labels": labels.owner(spec.labels)}
    return told
