"""What all services of a site share: labels, networks, where their private files lie."""

from __future__ import annotations

from pathlib import Path

from datacats.model import labels
from datacats.model.environment import Mode, Placement, SiteContext
from datacats.model.names import network_name, volume_name
from datacats.model.service import Attachment, Mount, NetworkSpec, VolumeSpec

RUN = "/run/datacats"
"""Where a service finds its private files; the whole directory is mounted, so that a renamed file is seen."""


def site_labels(context: SiteContext) -> dict[str, str]:
    """The labels that say whose an object is."""
    return {
        labels.ROOT: context.environment.root,
        labels.HOME: str(context.environment.data.parent),
        labels.ENVIRONMENT: context.environment.name,
        labels.SITE: context.site.name,
    }


def service_labels(context: SiteContext, service: str) -> dict[str, str]:
    """The labels of a service's container."""
    return {**site_labels(context), labels.SERVICE: service, labels.MODE: str(context.site.mode)}


def front(context: SiteContext) -> str:
    """The name of the network with a way out."""
    return network_name("front", context.environment.name, context.site.name)


def back(context: SiteContext) -> str:
    """The name of the internal network that backing services are on."""
    return network_name("back", context.environment.name, context.site.name)


def networks(context: SiteContext) -> tuple[NetworkSpec, ...]:
    """The two networks of a site."""
    return (
        NetworkSpec(front(context), context.site.subnets[0], internal=False, labels=site_labels(context)),
        NetworkSpec(back(context), context.site.subnets[1], internal=True, labels=site_labels(context)),
    )


def on_back(context: SiteContext, service: str) -> tuple[Attachment, ...]:
    """How a backing service is on the network: by its own name, on the internal one only."""
    return (Attachment(back(context), (service,)),)


def run_directory(context: SiteContext, service: str) -> Path:
    """Where the private files of a service lie on the host."""
    return context.directory / "run" / service


def run_mount(context: SiteContext, service: str) -> Mount:
    """The mount of a service's private files."""
    if context.site.placement is not Placement.BIND:
        return in_volume(context, run_part(service), RUN, read_only=True)
    return Mount(str(run_directory(context, service)), RUN, read_only=True)


def part(context: SiteContext, name: str, target: str) -> Mount:
    """The mount of a part of the site's state: the directory ``name`` of its data directory, or a volume."""
    if context.site.placement is not Placement.BIND:
        return in_volume(context, name, target)
    return Mount(str(context.directory / name), target)


def run_part(service: str) -> str:
    """The part that a service's private files are, where they lie in a volume."""
    return f"run-{service}"


def volume(context: SiteContext, name: str) -> VolumeSpec:
    """The volume that holds a part of the site."""
    return VolumeSpec(volume_name(name, context.environment.name, context.site.name), site_labels(context))


def in_volume(context: SiteContext, name: str, target: str, *, read_only: bool = False) -> Mount:
    """The mount of the volume that holds a part of the site."""
    return Mount(volume(context, name).name, target, read_only, volume=True)


def memory(context: SiteContext, usual: int, low: int) -> int:
    """The memory limit of a service in MiB."""
    return low if context.site.low_memory else usual


def restart(context: SiteContext) -> str:
    """The restart policy: a production site comes back by itself after a reboot, a development site by ``start``."""
    return "unless-stopped" if context.site.mode is Mode.PRODUCTION else "no"
