"""Mail: in development every mail that CKAN sends is caught, so that none leaves the machine."""

from __future__ import annotations

from collections.abc import Collection

from datacats.model.environment import Mode, Placement, SiteContext
from datacats.model.names import container_name
from datacats.model.service import ContainerSpec, Limits, ServiceSpec
from datacats.model.switches import is_on
from datacats.services.common import on_back, part, restart, service_labels

SERVICE = "mail"
HOME = "/var/mail"

_PROGRAM = ("python", "/usr/lib/datacats/catch_mail.py", HOME)
_SENDER = "smtp.mail_from"


def describe(context: SiteContext) -> ServiceSpec:
    """Describe mail: one small process on the internal network.

    Where an engine cannot use our files, mails last as long as their container: a volume is for what must not be lost.
    """
    kept = context.site.placement is Placement.BIND
    spec = ContainerSpec(
        name=container_name(SERVICE, context.environment.name, context.site.name),
        image=context.site.images.web,
        command=_PROGRAM,
        user=context.user,
        mounts=(part(context, SERVICE, HOME),) if kept else (),
        tmpfs={} if kept else {HOME: "mode=1777,size=64m"},
        networks=on_back(context, SERVICE),
        restart=restart(context),
        limits=Limits(memory=128),
        stop_signal="SIGKILL",
        hostname=SERVICE,
        checked=False,
        labels=service_labels(context, SERVICE),
    )
    return ServiceSpec(SERVICE, spec)


def command(*words: str) -> tuple[str, ...]:
    """The command that, inside the container, prints what was caught."""
    return (*_PROGRAM, *words)


def settings(context: SiteContext, chosen: Collection[str]) -> dict[str, str]:
    """CKAN's settings for sending; ``chosen`` are the source's own keys. Production sends as the source says."""
    if context.site.mode is not Mode.DEVELOPMENT or not is_on(SERVICE, context.environment, context.site):
        return {}
    caught = {"smtp.server": f"{SERVICE}:1025", "smtp.starttls": "false", "smtp.user": "", "smtp.password": ""}
    return caught if _SENDER in chosen else {**caught, _SENDER: f"ckan@{context.environment.name}.example"}
