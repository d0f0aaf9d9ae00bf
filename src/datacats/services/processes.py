"""The services that run CKAN's code beside web: same image, mounts and networks, another command, no port."""

from __future__ import annotations

from collections.abc import Mapping

from datacats.model import labels
from datacats.model.environment import Mode, SiteContext
from datacats.model.names import container_name
from datacats.model.service import ContainerSpec, Limits, ServiceSpec
from datacats.services import web
from datacats.services.common import memory, restart, service_labels

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "worker": ("ckan", "jobs", "worker"),
    "harvest-gather": ("ckan", "harvester", "gather-consumer"),
    "harvest-fetch": ("ckan", "harvester", "fetch-consumer"),
}
"""What each of them runs; a new one is a row here and one in ``model.switches``."""

_SUPERVISE = ("python", "/usr/lib/datacats/supervise.py")
_WEIGHT = 256
"""Background work leaves the processors to pages and to the rest of what is starting."""


def describe(context: SiteContext, service: str, configuration: str) -> ServiceSpec:
    """Describe one of them. ``configuration`` is a digest of all that CKAN reads only when it starts.

    In development it starts anew when the source changes, and waits where CKAN cannot be loaded.
    """
    supervised = _SUPERVISE if context.site.mode is Mode.DEVELOPMENT else ()
    spec = ContainerSpec(
        name=container_name(service, context.environment.name, context.site.name),
        image=context.web_image,
        command=(*supervised, *COMMANDS.get(service, ())),
        user=context.user,
        env=web.process_variables(context),
        mounts=web.mounts(context),
        tmpfs={"/tmp": "mode=1777"},  # noqa: S108 - a path in the container
        networks=web.networks(context, (service,)),
        limits=Limits(memory=memory(context, 2048, 1024), weight=_WEIGHT),
        restart=restart(context),
        stop_grace=20,
        working_dir=web.PROJECT,
        hostname=service,
        checked=False,
        labels={**service_labels(context, service), labels.CONFIGURATION: configuration},
    )
    return ServiceSpec(service, spec)
