"""Environments and sites: what a user names, and all that a service needs to know to describe itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from datacats.model.image import ImageRef, ImageSet, with_packages

_HIGHEST = 65535
_ABOVE = 1000
"""How far above a site's port its debugger's is: derived ports are within a thousand."""


class Mode(str, Enum):
    """How web runs: the same image with another command and other settings."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"

    def __str__(self) -> str:
        return self.value


class Placement(str, Enum):
    """Where the parts of a site lie, by what its engine can do; decided when the site is made.

    ``BIND``: in the data directory. ``VOLUMES``: in volumes of the engine, because users of its containers are not
    this host's; the source directory is seen. ``COPIES``: the engine does not see our files, so that the source
    directory is copied into a volume as well.
    """

    BIND = "bind"
    VOLUMES = "volumes"
    COPIES = "copies"

    def __str__(self) -> str:
        return self.value


class Phase(str, Enum):
    """How far a site has come. ``CREATING`` ends when the administrator's password was shown.

    Only ``CREATED`` is complete; each other phase ends when the command that it is named for is run again, and
    ``LOADING``, in which a site changes over to a database that was loaded, with the next start as well.
    """

    CREATING = "creating"
    CREATED = "created"
    UPGRADING = "upgrading"
    ROLLING_BACK = "rolling back"
    PURGING = "purging"
    LOADING = "loading"

    def __str__(self) -> str:
        return self.value

    @property
    def verb(self) -> str:
        """The command that brings an interrupted one to its end; for one that is complete, what brings it up."""
        return _VERBS[self]

    @property
    def participle(self) -> str:
        """What is done to a site in this phase: ``made``, so that one of which nobody does it any more is half made."""
        return _PARTICIPLES[self]


_VERBS = {
    Phase.CREATING: "create",
    Phase.CREATED: "start",
    Phase.UPGRADING: "upgrade",
    Phase.ROLLING_BACK: "upgrade --rollback",
    Phase.PURGING: "purge",
    Phase.LOADING: "start",
}
_PARTICIPLES = {
    Phase.CREATING: "made",
    Phase.CREATED: "made",
    Phase.UPGRADING: "upgraded",
    Phase.ROLLING_BACK: "rolled back",
    Phase.PURGING: "purged",
    Phase.LOADING: "loaded",
}


@dataclass(frozen=True, slots=True)
class Environment:
    """One named source directory and data directory.

    ``root`` is the uuid of the data root; ``ckan`` the exact version; ``env`` the process variables that
    ``datacats.toml`` passes through to web and one-off containers. ``extensions`` are the requirements that
    ``install`` was asked for, ``overrides`` those that replace CKAN's pins, ``system_packages`` Debian packages of web,
    ``services`` what is switched on and off, ``cron`` the commands that run at each time, ``spares`` whether a spare
    one-off container stands ready for the next command.
    """

    name: str
    source: Path
    data: Path
    root: str
    ckan: str
    env: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    system_packages: tuple[str, ...] = ()
    services: Mapping[str, bool] = field(default_factory=dict)
    spares: bool = True
    cron: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def layer(self, digest: str) -> Path:
        """Return where a layer of installed extensions lies."""
        return self.data / "layers" / digest

    def site_directory(self, site: str) -> Path:
        """Return where the state of a site lies."""
        return self.data / "sites" / site


@dataclass(frozen=True, slots=True)
class Site:
    """One CKAN of an environment, as written down in its data directory.

    ``address`` is the host address that web's port is published on; ``subnets`` are the front and the back
    network's; ``site_url`` is empty when it follows from address and port; ``previous`` is what ran before an upgrade;
    ``debugger`` has the development server listen for an editor's debugger, ``profile`` has it measure each page;
    ``links`` are the sites, as (environment, site), whose webs it reaches; ``port_chosen`` says that a user chose the
    port: it is never given another one unasked.
    """

    name: str
    port: int
    subnets: tuple[str, str]
    images: ImageSet
    address: str = "127.0.0.1"
    site_url: str = ""
    mode: Mode = Mode.DEVELOPMENT
    phase: Phase = Phase.CREATING
    datastore: bool = True
    low_memory: bool = False
    debugger: bool = False
    profile: bool = False
    links: tuple[tuple[str, str], ...] = ()
    placement: Placement = Placement.BIND
    previous: ImageSet | None = None
    port_chosen: bool = False

    @property
    def url(self) -> str:
        """The address that a person opens: no trailing slash."""
        return self.site_url or f"http://{reachable(self.address)}:{self.port}"

    @property
    def debugger_port(self) -> int:
        """The port of this machine that debugpy is reached at; 0 where none listens."""
        if not self.debugger or self.mode is Mode.PRODUCTION:
            return 0
        return self.port + _ABOVE if self.port + _ABOVE <= _HIGHEST else self.port - _ABOVE


def reachable(address: str) -> str:
    """The host to connect to for a listening address: every address also answers on loopback."""
    if address in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{address}]" if ":" in address else address


@dataclass(frozen=True, slots=True)
class Host:
    """What services must know of this host.

    ``uid`` and ``gid`` own all that containers write. ``authorities`` is the host's own bundle of certificate
    authorities (PEM) where it trusts more than Debian does, else empty; the containers that talk out get it.
    ``proxies`` maps ``http_proxy`` and its kin to values.
    """

    uid: int
    gid: int
    architecture: str = "amd64"
    proxies: Mapping[str, str] = field(default_factory=dict)
    authorities: bytes = b""

    @property
    def user(self) -> str:
        """``uid:gid``, as the engine takes it."""
        return f"{self.uid}:{self.gid}"


IMAGE_USER = (5716, 5716)
"""Who the images run as where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class SiteContext:
    """All that a service needs to describe itself, so that describing stays pure.

    ``layer`` is the digest of the installed extensions; empty when there are none. ``links`` are those of the site's
    links, as (environment, site), that lead to a site that is there.
    """

    environment: Environment
    site: Site
    host: Host
    layer: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def web_image(self) -> ImageRef:
        """The image of web and one-off containers: the site's, with the environment's system packages in it."""
        return with_packages(self.site.images.web, self.environment.system_packages)

    @property
    def directory(self) -> Path:
        """Where the state of the site lies."""
        return self.environment.site_directory(self.site.name)

    @property
    def user(self) -> str:
        """Who containers run as: the owner of the data directory where that is what they write to."""
        if self.site.placement is Placement.BIND:
            return self.host.user
        return ":".join(map(str, IMAGE_USER))
