"""Images: what they are called, what they are made of, what is sent to the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["web", "postgres", "search", "redis", "build"]
BaseKind = Literal["debian", "bootstrap"]

ROLES: tuple[Role, ...] = ("web", "postgres", "search", "redis")

BASES: Mapping[BaseKind, str] = {
    "debian": "debian:bookworm-slim",
    "bootstrap": "datacats/base:bookworm",
}
"""The base image of each kind: Debian's own, or one made from Debian's packages on this host."""


@dataclass(frozen=True, slots=True)
class ImageRef:
    """The name of an image: ``repository:tag``."""

    repository: str
    tag: str

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}"

    @classmethod
    def parse(cls, text: str) -> ImageRef:
        """Read ``repository:tag``; a text without a tag means ``latest``."""
        repository, colon, tag = text.rpartition(":")
        if not colon or "/" in tag:
            return cls(text, "latest")
        return cls(repository, tag)

    @property
    def version(self) -> str:
        """The version that the tag of one of our images begins with: CKAN's for web and search."""
        return self.tag.partition("-")[0]

    def at(self, registry: str) -> ImageRef:
        """Return the name of this image in ``registry`` (``host:port`` or ``host:port/path``)."""
        return ImageRef(f"{registry}/{self.repository}", self.tag)


@dataclass(frozen=True, slots=True)
class ContextFile:
    """One file of a build context; ``path`` is relative to its root."""

    path: str
    content: bytes = field(repr=False)
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class ImageRecipe:
    """A deterministic description of an image: same input, same bytes, same tag.

    ``version`` is what the tag shows first (CKAN's for web and search, the program's for the others).
    ``files`` holds the Dockerfile and all that it copies, but nothing of the host.
    """

    role: Role
    version: str
    base: BaseKind
    architecture: str
    files: tuple[ContextFile, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over everything that decides the image's content, in hex."""
        seen = hashlib.sha256(f"{self.role}\0{self.version}\0{self.base}\0{self.architecture}\0".encode())
        for file in sorted(self.files, key=lambda f: f.path):
            seen.update(f"{file.path}\0{file.mode:o}\0{len(file.content)}\0".encode())
            seen.update(file.content)
        return seen.hexdigest()

    @property
    def ref(self) -> ImageRef:
        """The local name: ``datacats/ROLE:VERSION-DIGEST``."""
        return ImageRef(f"datacats/{self.role}", f"{self.version}-{self.digest[:12]}")


@dataclass(frozen=True, slots=True)
class HostBuild:
    """What a build needs to know of the host: no part of a recipe's digest or of an image's history.

    ``files`` are placed below ``host/`` of the context: ``host/ca/*.crt`` (certificate authorities, PEM),
    ``host/pip.conf``, ``host/uv.toml``, ``host/settings.xml`` (Maven). ``proxies`` are the engine's predefined
    build arguments (``HTTP_PROXY`` and its kin).
    """

    files: tuple[ContextFile, ...] = ()
    proxies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """Everything one build request sends to the engine."""

    ref: ImageRef
    files: tuple[ContextFile, ...]
    arguments: Mapping[str, str]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImageSet:
    """The image of each role that one environment runs."""

    web: ImageRef
    postgres: ImageRef
    search: ImageRef
    redis: ImageRef

    def __getitem__(self, role: Role) -> ImageRef:
        ref: ImageRef = getattr(self, role)
        return ref


def with_packages(web: ImageRef, packages: Sequence[str]) -> ImageRef:
    """Return the name of the image that is ``web`` with Debian packages installed in it: ``web`` itself for none."""
    if not packages:
        return web
    digest = hashlib.sha256("\0".join(sorted(packages)).encode()).hexdigest()
    return ImageRef(web.repository, f"{web.tag}-{digest[:12]}")
