"""Web: CKAN itself. One image, two commands: the development server or the production server."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

from datacats.model import labels
from datacats.model.environment import Mode, Placement, SiteContext, reachable
from datacats.model.names import container_name, link_name, network_name
from datacats.model.plan import RunOneOff
from datacats.model.probe import ExecProbe, HttpProbe
from datacats.model.service import Attachment, ContainerSpec, Limits, Mount, PublishedPort, ServiceSpec
from datacats.services.common import (
    RUN,
    back,
    front,
    in_volume,
    memory,
    part,
    restart,
    run_mount,
    service_labels,
    site_labels,
)

SERVICE = "web"
PROJECT = "/project"
SOURCE = "source"
STORAGE = "/var/lib/ckan"
LAYER = "/usr/lib/extensions"
"""Where containers see the layer of installed extensions."""
PORT = 5000
DEBUGGER_PORT = 5678
INI = f"{RUN}/ckan.ini"

MIGRATE = ("python", "/usr/lib/datacats/migrate.py")
"""The command that brings both databases to the state that the image's CKAN wants."""

REINDEX = ("python", "/usr/lib/datacats/reindex.py")
"""The command that empties the search index and fills it from the database."""

_INDEXING = "Indexing dataset"
"""What it prints before the number of each dataset."""

TOKEN = ("python", "/usr/lib/datacats/make_token.py")
"""The command that prints a new API token of the site's own user; its label follows."""

TAKE_IN = ("python", "-c", (files(__package__) / "inside" / "unpack.py").read_text("utf-8"))
"""The command that, in the directory of the site's files, takes in a tar archive from its standard input."""

_PAGES = ("python", "/usr/lib/datacats/pages.py")
_DEVELOPMENT = ("python", "/usr/lib/datacats/develop.py")
_FOREGROUND = ("datacats-serve", "run", "-H", "0.0.0.0", "-p", str(PORT), "--disable-reloader")  # noqa: S104
_PRODUCTION = (
    "gunicorn",
    "--no-control-socket",
    "--chdir=/usr/lib/datacats",
    f"--bind=0.0.0.0:{PORT}",
    "--worker-tmp-dir=/dev/shm",
    "--threads=4",
    "--timeout=120",
    "--graceful-timeout=30",
    "--access-logfile=-",
    "--forwarded-allow-ips=*",
)
_READY_WITHIN = 120
_FOREGROUND_GRACE = 5


def container(context: SiteContext) -> str:
    """The name of the site's web container."""
    return container_name(SERVICE, context.environment.name, context.site.name)


def describe(context: SiteContext, configuration: str) -> ServiceSpec:
    """Describe web. ``configuration`` is a digest of all that web reads only when it starts."""
    spec = ContainerSpec(
        name=container(context),
        image=context.web_image,
        command=_command(context),
        user=context.user,
        env=process_variables(context),
        mounts=mounts(context),
        tmpfs={"/tmp": "mode=1777"},  # noqa: S108 - a path in the container
        networks=networks(context, (SERVICE,)),
        ports=_ports(context),
        limits=Limits(memory=memory(context, 2048, 1024)),
        restart=restart(context),
        stop_signal=_stop_signal(context),
        stop_grace=35,
        working_dir=PROJECT,
        hostname=SERVICE,
        labels={**service_labels(context, SERVICE), labels.CONFIGURATION: configuration},
    )
    return ServiceSpec(SERVICE, spec)


def in_foreground(context: SiteContext, *, terminal: bool) -> ContainerSpec:
    """Describe web for one person's terminal: no reloader, no other process, gone when it ends.

    It is a container's first process, which SIGTERM does nothing to: it ends as by Ctrl-C.
    """
    spec = describe(context, "foreground").container
    spec = replace(spec, command=_FOREGROUND, stop_signal="SIGINT", stop_grace=_FOREGROUND_GRACE)
    return replace(spec, restart="no", auto_remove=True, terminal=terminal, ports=spec.ports[:1])


def one_off(context: SiteContext, command: tuple[str, ...], *, purpose: str, terminal: bool = False) -> ContainerSpec:
    """Describe a container that runs one command as web would, under a random name, and is destroyed after."""
    return ContainerSpec(
        name="",
        image=context.web_image,
        command=command,
        user=context.user,
        env=process_variables(context),
        mounts=mounts(context),
        tmpfs={"/tmp": "mode=1777"},  # noqa: S108 - a path in the container
        networks=networks(context, ()),
        limits=Limits(memory=memory(context, 2048, 1024)),
        working_dir=PROJECT,
        auto_remove=True,
        terminal=terminal,
        labels={**site_labels(context), labels.ONE_OFF: purpose},
    )


def probe(context: SiteContext, behind: ExecProbe) -> HttpProbe:
    """Web is ready when a page that asks all backing services answers through the published port.

    ``behind`` asks Solr, which a page that is closed to strangers does not.
    """
    return HttpProbe(
        url=f"http://{reachable(context.site.address)}:{context.site.port}/",
        container=container(context),
        deadline=_READY_WITHIN,
        behind=behind,
    )


def networks(context: SiteContext, aliases: tuple[str, ...]) -> tuple[Attachment, ...]:
    """The networks web and one-off containers are on: the one with a way out first, those of linked sites last.

    ``aliases`` are names among the site's own containers. On networks that several sites share web has its site's.
    """
    shared = (link_name(context.environment.name, context.site.name),) if SERVICE in aliases else ()
    linked = (Attachment(network_name("front", *link), shared) for link in context.links)
    return (Attachment(front(context), shared), Attachment(back(context), aliases), *linked)


def address_for_others(environment: str, site: str) -> str:
    """Where the web of a site answers the containers of sites that it is linked with."""
    return f"http://{link_name(environment, site)}:{PORT}/"


def mounts(context: SiteContext) -> tuple[Mount, ...]:
    """What web and one-off containers see: the source (read only), the private files, the storage."""
    installed = (Mount(str(context.environment.layer(context.layer)), LAYER, read_only=True),) if context.layer else ()
    return (source_mount(context), *installed, run_mount(context, SERVICE), part(context, "files", STORAGE))


def source_mount(context: SiteContext) -> Mount:
    """The mount of the source directory, or of its copy where the engine does not see it."""
    if context.site.placement is Placement.COPIES:
        return in_volume(context, SOURCE, PROJECT, read_only=True)
    return Mount(str(context.environment.source), PROJECT, read_only=True)


def process_variables(context: SiteContext) -> dict[str, str]:
    """The process variables of web and one-off containers. No ``CKAN_*`` but the path: they show in inspect."""
    env = {**context.environment.env, **context.host.proxies, "CKAN_INI": INI}
    if context.host.authorities:
        bundle = f"{RUN}/authorities.pem"
        env |= {"SSL_CERT_FILE": bundle, "REQUESTS_CA_BUNDLE": bundle}
    return env


def reindex(context: SiteContext, *, purpose: str, cause: str) -> RunOneOff:
    """Describe the operation that makes the search index anew from the database, and counts the datasets."""
    spec = one_off(context, REINDEX, purpose=purpose)
    return RunOneOff(spec, what="rebuild the search index", cause=cause, counting=_INDEXING)


def pages(*words: str) -> tuple[str, ...]:
    """The command that, inside the container, tells of the pages that the development server measured."""
    return (*_PAGES, *words)


def check(context: SiteContext) -> tuple[str, ...]:
    """The command that loads CKAN as the production server does, and ends: 0 when it could serve."""
    return (*_command(context), "--check-config")


def _stop_signal(context: SiteContext) -> str:
    """The development server dies of SIGTERM in the middle of what it does; by SIGKILL it dies of that sooner."""
    return "SIGKILL" if context.site.mode is Mode.DEVELOPMENT else "SIGTERM"


def _ports(context: SiteContext) -> tuple[PublishedPort, ...]:
    """Whoever reaches the debugger can run commands: it is published on loopback, wherever the page is."""
    site = context.site
    page = PublishedPort(site.address, site.port, PORT)
    return (page, PublishedPort("127.0.0.1", site.debugger_port, DEBUGGER_PORT)) if site.debugger_port else (page,)


def _command(context: SiteContext) -> tuple[str, ...]:
    if context.site.mode is Mode.DEVELOPMENT:
        little = ("--low-memory",) if context.site.low_memory else ()
        measured = ("--profile",) if context.site.profile else ()
        listening = ("--debugger", str(DEBUGGER_PORT)) if context.site.debugger else ()
        return (*_DEVELOPMENT, *little, *measured, *listening)
    workers = 1 if context.site.low_memory else 2
    return (*_PRODUCTION, f"--workers={workers}", "wsgi:application")
