"""The Docker Engine."""

from __future__ import annotations

from contextlib import closing
from functools import cached_property

from datacats.engine.containers import DockerContainers
from datacats.engine.endpoint import Endpoint
from datacats.engine.images import DockerImages
from datacats.engine.networks import DockerNetworks
from datacats.engine.spare import DockerSpares
from datacats.engine.volumes import DockerVolumes
from datacats.engine.wire import Wire
from datacats.model.observed import EngineInfo

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}


class DockerEngine:
    """A Docker Engine at an endpoint. Nothing is sent before something is asked for."""

    def __init__(self, endpoint: Endpoint, origin: str = "given") -> None:
        self._wire = Wire(endpoint)
        self._origin = origin

    @cached_property
    def containers(self) -> DockerContainers:
        """Its containers."""
        return DockerContainers(self._wire)

    @cached_property
    def spares(self) -> DockerSpares:
        """Its containers that wait for a command."""
        return DockerSpares(self._wire)

    @cached_property
    def networks(self) -> DockerNetworks:
        """Its networks."""
        return DockerNetworks(self._wire)

    @cached_property
    def volumes(self) -> DockerVolumes:
        """Its volumes."""
        return DockerVolumes(self._wire)

    @cached_property
    def images(self) -> DockerImages:
        """Its images."""
        return DockerImages(self._wire)

    @property
    def host(self) -> str:
        """The host that published ports are reached on."""
        return self._wire.endpoint.host

    @property
    def address(self) -> str:
        """Where it listens and how that was found."""
        return f"{self._wire.endpoint} ({self._origin})"

    def info(self) -> EngineInfo:
        """Return the engine as it describes itself; architectures are named as images name them."""
        with closing(self._wire.open("GET", "/info")) as answer:
            told, api = answer.json(), answer.header("Api-Version")
        return EngineInfo(
            version=told["ServerVersion"],
            api=api,
            architecture=_ARCHITECTURES.get(told["Architecture"], told["Architecture"]),
            operating_system=told["OperatingSystem"],
            memory=told["MemTotal"],
            cpus=told["NCPU"],
            root=told["DockerRootDir"],
            security=tuple(told.get("SecurityOptions") or ()),
            identity=told.get("ID") or "",
        )
