"""Claim a name, a port and subnets, and write them down: from then on the site is the caller's to make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address

from datacats.errors import AddressTaken, Conflict, SubnetTaken, UsageError
from datacats.model.derived_port import derived_port, next_port
from datacats.model.environment import Environment, Mode, Phase, Site, SiteContext
from datacats.model.event import Events, Said
from datacats.model.image import ImageSet
from datacats.model.names import typed
from datacats.store import locate, site_file
from datacats.workflows import subnets
from datacats.workflows.promises import promises
from datacats.workflows.workspace import Workspace

_HIGHEST_PORT = 65535
_FIRST_FREE_PORT = 1024
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_URL = re.compile(
    rf"https?://(?:(?P<host>{_LABEL}(?:\.{_LABEL})*)|\[(?P<six>[0-9a-f]*:[0-9a-f:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?/?",
    re.ASCII | re.IGNORECASE,
)
_DERIVED_PORTS = 1000
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class SiteOptions:
    """What a user may choose for a site. ``port`` None means the derived one, or the next free one after it.

    ``expose_debugger`` lets the development server, whose debugger is always on, answer beyond this machine.
    """

    port: int | None = None
    address: str | None = None
    site_url: str | None = None
    mode: Mode | None = None
    datastore: bool = True
    low_memory: bool = False
    debugger: bool | None = None
    profile: bool | None = None
    expose_debugger: bool = False


def check(options: SiteOptions) -> None:
    """Raise UsageError for a port, an address or a URL that no site can have."""
    if options.port is not None:
        check_port(options.port)
    if options.address is not None:
        _check_address(options.address)
    if options.site_url:
        _check_url(options.site_url)


def check_port(port: int) -> int:
    """Return a port that web can publish. Raises UsageError."""
    if not _FIRST_FREE_PORT <= port <= _HIGHEST_PORT:
        raise UsageError(
            f"{port} cannot be the port of a site.",
            f"Choose one from {_FIRST_FREE_PORT} to {_HIGHEST_PORT}; lower ones belong to the system.",
        )
    return port


def _check_address(address: str) -> None:
    try:
        ip_address(address)
    except ValueError as error:
        raise UsageError(
            f"{address[:60]!r} is no address of a network interface.", "For example: --address 127.0.0.1"
        ) from error


def _check_url(url: str) -> None:
    if not _is_web_address(url):
        raise UsageError(
            f"{url[:60]!r} cannot be the address of a site: a scheme, a host and perhaps a port, and no path.",
            "For example: --site-url https://data.example.org",
        )


def _is_web_address(url: str) -> bool:
    """Whether it is a scheme, a host and perhaps a port, and nothing else that CKAN would put into its links."""
    found = _URL.fullmatch(url)
    if found is None or not 0 < int(found["port"] or 1) <= _HIGHEST_PORT:
        return False
    host, six = found["host"], found["six"]
    if host and not host.rpartition(".")[2].isdigit():
        return True
    try:
        ip_address(host or six)
    except ValueError:
        return False
    return True


def claim(
    workspace: Workspace, environment: Environment, name: str, images: ImageSet, options: SiteOptions, events: Events
) -> Site:
    """Return the record of a new site, written down, or of one that is half made, with the options applied.

    Raises AddressTaken when the chosen port is in use, naming its holder.
    """
    disk, owner = workspace.ports.disk, workspace.owner(environment)
    with workspace.root.lock(disk, events=events):
        site = foresee(workspace, environment, name, images, options, events)
        disk.make_directory(environment.site_directory(name), 0o700, owner)
        locate.record_source(disk, environment, owner)
        site_file.ensure_secrets(disk, environment, name, owner)
        site_file.write(disk, environment, site, owner)
    return site


def foresee(
    workspace: Workspace, environment: Environment, name: str, images: ImageSet, options: SiteOptions, events: Events
) -> Site:
    """Return what ``claim`` would write down now, and write nothing. Raises AddressTaken."""
    if site_file.exists(workspace.ports.disk, environment, name):
        site = replace(site_file.read(workspace.ports.disk, environment, name), images=images)
    else:
        site = Site(name, 0, subnets.free(workspace), images)
    return with_options(workspace, environment, site, options, events)


def change(workspace: Workspace, environment: Environment, name: str, options: SiteOptions, events: Events) -> Site:
    """Write a site down with other options applied, and return it. Raises AddressTaken. The caller holds its lock."""
    check(options)
    with workspace.root.lock(workspace.ports.disk, events=events):
        site = site_file.read(workspace.ports.disk, environment, name)
        changed = with_options(workspace, environment, site, options, events)
        if changed != site:
            write(workspace, environment, changed)
    return changed


def with_options(
    workspace: Workspace, environment: Environment, site: Site, options: SiteOptions, events: Events
) -> Site:
    """Return a site with other options applied, and write nothing. Raises AddressTaken, Conflict."""
    before = site
    site = replace(
        site,
        address=options.address or site.address,
        site_url=site.site_url if options.site_url is None else options.site_url.rstrip("/"),
        mode=options.mode or site.mode,
        low_memory=options.low_memory or site.low_memory,
        datastore=options.datastore and site.datastore,
        debugger=site.debugger if options.debugger is None else options.debugger,
        profile=site.profile if options.profile is None else options.profile,
    )
    if options.debugger or options.profile:
        _refuse_production(environment, site, "--debugger" if options.debugger else "--profile")
    if not options.expose_debugger:
        refuse_exposed(site, before)
    if options.port is not None:
        site = replace(site, port=_chosen(workspace, environment, site, options.port), port_chosen=True)
    elif site.port == 0:
        site = replace(site, port=_derived(workspace, environment, site, events))
    if site.debugger_port not in {0, before.debugger_port}:
        _check_debugger(workspace, environment, site)
    return site


def _refuse_production(environment: Environment, site: Site, option: str) -> None:
    if site.mode is Mode.PRODUCTION:
        raise Conflict(
            f"{environment.name} is in production mode: only the development server has a debugger and a profiler.",
            f"Run that: {typed(f'start --development {option}', environment.name, site.name)}",
        )


def _check_debugger(workspace: Workspace, environment: Environment, site: Site) -> None:
    holder = _holder(workspace, environment, replace(site, address=_LOOPBACK), site.debugger_port)
    if holder is not None:
        raise AddressTaken(
            f"Port {site.debugger_port} on 127.0.0.1, where the debugger would be, is taken{_by(holder)}.",
            "Free it, or give the site another port: the debugger's is 1000 above it.",
        )


def refuse_exposed(site: Site, before: Site) -> None:
    """Raise Conflict when a development server would answer beyond this machine, where none did before."""
    if _exposes(site) and not _exposes(before):
        verb = "create" if site.phase is Phase.CREATING else "start"
        raise Conflict(
            f"The development server must not answer on {site.address}: whoever reaches its debugger can run commands.",
            f"Keep to 127.0.0.1, run the production server (datacats {verb} --production), "
            "or insist: --expose-debugger",
        )


def _exposes(site: Site) -> bool:
    return site.mode is Mode.DEVELOPMENT and not ip_address(site.address).is_loopback


def _chosen(workspace: Workspace, environment: Environment, site: Site, port: int) -> int:
    holder = None if port == site.port else _holder(workspace, environment, site, port)
    if holder is None:
        return port
    raise AddressTaken(
        f"Port {port} on {site.address} is taken{_by(holder)}.",
        f"Stop that, or choose another one: {_elsewhere(workspace, environment, replace(site, port=port))}",
    )


def _derived(workspace: Workspace, environment: Environment, site: Site, events: Events) -> int:
    wanted = derived_port(environment.name, site.name)
    holder = _holder(workspace, environment, site, wanted)
    if holder is None:
        return wanted
    port = _next_free(workspace, environment, replace(site, port=wanted))
    events(Said(f"Port {wanted} is taken{_by(holder)}; the site gets {port}."))
    return port


def _next_free(workspace: Workspace, environment: Environment, site: Site) -> int:
    """Return the next port after the site's that nobody holds. Raises AddressTaken when there is none."""
    port = site.port
    for _ in range(_DERIVED_PORTS):
        port = next_port(port)
        if _in_the_way(workspace, environment, replace(site, port=port)) is None:
            return port
    raise AddressTaken("Every port from 5000 to 5999 is taken.", "Choose a port: datacats create NAME PORT")


def may_move(site: Site) -> bool:
    """Whether a port that was taken meanwhile is changed unasked: nobody chose it, and nobody was told it yet."""
    return site.phase is Phase.CREATING and not site.port_chosen


def move(workspace: Workspace, context: SiteContext, events: Events) -> SiteContext:
    """Give a site the next free port, and write it down. Return the context that holds now."""
    environment, before = context.environment, context.site
    with workspace.root.lock(workspace.ports.disk, events=events):
        holder = _holder(workspace, environment, before, before.port) or ""
        site = replace(before, port=_next_free(workspace, environment, before))
        write(workspace, environment, site)
    events(Said(f"Port {before.port} is taken by now{_by(holder)}; the site gets {site.port}."))
    return replace(context, site=site)


@contextmanager
def explaining(workspace: Workspace, context: SiteContext) -> Iterator[None]:
    """Have a port that the engine finds taken told with its holder, and with the command that gives another one."""
    try:
        yield
    except SubnetTaken:
        raise
    except AddressTaken as error:
        raise _explained(workspace, context, error) from error


def _explained(workspace: Workspace, context: SiteContext, error: AddressTaken) -> AddressTaken:
    environment, site = context.environment, context.site
    command = _elsewhere(workspace, environment, site)
    found = _in_the_way(workspace, environment, site)
    if found is None:
        told = AddressTaken(error.message, f"Stop what uses it, or choose another port: {command}")
    else:
        told = AddressTaken(found, f"Stop that, or give the site another port: {command}")
    told.during = error.during
    return told


def _in_the_way(workspace: Workspace, environment: Environment, site: Site) -> str | None:
    """Say who holds a port that the site publishes; None where nobody is seen to."""
    published = [(site.address, site.port)]
    if site.debugger_port:
        published.append((_LOOPBACK, site.debugger_port))
    for address, port in published:
        holder = _holder(workspace, environment, replace(site, address=address), port)
        if holder is not None:
            return f"Port {port} on {address} is taken{_by(holder)}."
    return None


def refuse_taken(workspace: Workspace, context: SiteContext) -> None:
    """Raise AddressTaken when somebody has a port that the site is about to publish."""
    found = _in_the_way(workspace, context.environment, context.site)
    if found is not None:
        command = _elsewhere(workspace, context.environment, context.site)
        raise AddressTaken(found, f"Stop that, or give the site another port: {command}")


def _elsewhere(workspace: Workspace, environment: Environment, site: Site) -> str:
    """Return the command that carries on with the site on a port that is free."""
    where = environment.source if site.phase is Phase.CREATING else environment.name
    return f"{typed(site.phase.verb, where, site.name)} {_next_free(workspace, environment, site)}"


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
