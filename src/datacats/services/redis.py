"""Redis: sessions, caches and the queue of background jobs, kept in an append-only file."""

from __future__ import annotations

from collections.abc import Sequence

from datacats.model.environment import SiteContext
from datacats.model.names import container_name
from datacats.model.secrets import Secrets
from datacats.model.service import ContainerSpec, Limits, ServiceSpec
from datacats.services.common import RUN, on_back, part, restart, run_mount, service_labels

SERVICE = "redis"
HOME = "/data"

_CLIENT = f"""\
REDISCLI_AUTH=$(sed -n 's/^requirepass  *//p' {RUN}/redis.conf)
export REDISCLI_AUTH
exec redis-cli --no-auth-warning "$@"
"""

_CONFIGURATION = """\
bind * -::*
port 6379
dir {home}
appendonly yes
appendfsync everysec
save ""
requirepass {password}
hz 2
maxmemory-policy noeviction
"""


def describe(context: SiteContext) -> ServiceSpec:
    """Describe Redis. It writes its append-only file out when it is stopped."""
    spec = ContainerSpec(
        name=container(context),
        image=context.site.images.redis,
        command=("flock", "-n", "-E", "75", "-F", f"{HOME}/lock", "redis-server", f"{RUN}/redis.conf"),
        user=context.user,
        mounts=(part(context, SERVICE, HOME), run_mount(context, SERVICE)),
        networks=on_back(context, SERVICE),
        restart=restart(context),
        limits=Limits(memory=256),
        stop_grace=20,
        hostname=SERVICE,
        labels=service_labels(context, SERVICE),
    )
    return ServiceSpec(SERVICE, spec)


def container(context: SiteContext) -> str:
    """The name of the site's Redis container."""
    return container_name(SERVICE, context.environment.name, context.site.name)


def client(words: Sequence[str]) -> tuple[str, ...]:
    """The command that, inside the container, runs redis-cli signed in: the password is on no command line."""
    return ("sh", "-c", _CLIENT, "redis-cli", *words)


def configuration(secrets: Secrets) -> bytes:
    """The content of ``redis.conf``."""
    return _CONFIGURATION.format(home=HOME, password=secrets.redis).encode()
