"""Claim a name, a port and subnets, and write them down: from then on the site is the caller's to make."""

from __future__ import annotations

from dataclasses import dataclass, replace

from datacats.errors import AddressTaken, UsageError
from datacats.model.environment import Environment, Mode, Site
from datacats.model.event import Events, Said
from datacats.model.image import ImageSet
from datacats.model.names import derived_port, next_port
from datacats.store import locate, site_file
from datacats.workflows import subnets
from datacats.workflows.promises import promises
from datacats.workflows.workspace import Workspace

_HIGHEST_PORT = 65535
_FIRST_FREE_PORT = 1024


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """What a user may choose for a site. ``port`` None means the derived one, or the next free one after it."""

    port: int | None = None
    address: str | None = None
    site_url: str | None = None
    mode: Mode | None = None
    datastore: bool = True
    low_memory: bool = False


def check_port(port: int) -> int:
    """Return a port that web can publish. Raises UsageError."""
    if not _FIRST_FREE_PORT <= port <= _HIGHEST_PORT:
        raise UsageError(
            f"{port} cannot be the port of a site.",
            f"Choose one from {_FIRST_FREE_PORT} to {_HIGHEST_PORT}; lower ones belong to the system.",
        )
    return port


def claim(
    workspace: Workspace, environment: Environment, name: str, images: ImageSet, options: SiteOptions, events: Events
) -> Site:
    """Return the record of a new site, written down, or of one that is half made, with the options applied.

    Raises AddressTaken when the chosen port is in use, naming its holder.
    """
    disk, owner = workspace.ports.disk, workspace.owner(environment)
    with workspace.root.lock(disk):
        disk.make_directory(environment.site_directory(name), 0o700, owner)
        locate.record_source(disk, environment, owner)
        if site_file.exists(disk, environment, name):
            site = site_file.read(disk, environment, name)
        else:
            site = Site(name, 0, subnets.free(workspace), images)
        site = _with_options(workspace, environment, replace(site, images=images), options, events)
        site_file.ensure_secrets(disk, environment, name, owner)
        site_file.write(disk, environment, site, owner)
    return site


def change(workspace: Workspace, environment: Environment, site: Site, options: SiteOptions, events: Events) -> Site:
    """Return a site with other options applied, and write it down. Raises AddressTaken."""
    with workspace.root.lock(workspace.ports.disk):
        changed = _with_options(workspace, environment, site, options, events)
        if changed != site:
            site_file.write(workspace.ports.disk, environment, changed, workspace.owner(environment))
    return changed


def _with_options(
    workspace: Workspace, environment: Environment, site: Site, options: SiteOptions, events: Events
) -> Site:
    site = replace(
        site,
        address=options.address or site.address,
        site_url=site.site_url if options.site_url is None else options.site_url.rstrip("/"),
        mode=options.mode or site.mode,
        low_memory=options.low_memory or site.low_memory,
        datastore=options.datastore and site.datastore,
    )
    if options.port is not None and options.port != site.port:
        return replace(site, port=_chosen(workspace, environment, site, check_port(options.port)))
    if site.port == 0:
        return replace(site, port=_derived(workspace, environment, site, events))
    return site


def _chosen(workspace: Workspace, environment: Environment, site: Site, port: int) -> int:
    holder = _holder(workspace, environment, site, port)
    if holder is None:
        return port
    raise AddressTaken(
        f"Port {port} on {site.address} is taken{_by(holder)}.",
        f"Choose another one, or leave it out: datacats derives one ({derived_port(environment.name, site.name)}).",
    )


def _derived(workspace: Workspace, environment: Environment, site: Site, events: Events) -> int:
    wanted = port = derived_port(environment.name, site.name)
    reason = ""
    while (holder := _holder(workspace, environment, site, port)) is not None:
        reason = reason or f"Port {wanted} is taken{_by(holder)}"
        port = next_port(port)
        if port == wanted:
            raise AddressTaken("Every port from 5000 to 5999 is taken.", "Choose a port: datacats create NAME PORT")
    if port != wanted:
        events(Said(f"{reason}; the site gets {port}."))
    return port


def _holder(workspace: Workspace, environment: Environment, site: Site, port: int) -> str | None:
    for owner, promise in promises(workspace):
        if promise.port == port and owner != f"{environment.name}/{site.name}":
            return f"the site {owner}"
    return workspace.ports.http.port_holder(site.address, port)


def _by(holder: str) -> str:
    return f" by {holder}" if holder else ""


def write(workspace: Workspace, environment: Environment, site: Site) -> None:
    """Write a site down as it is."""
    site_file.write(workspace.ports.disk, environment, site, workspace.owner(environment))
