"""Solr: the search core of a site. The core's definition is in the image; only its index is state."""

from __future__ import annotations

from datacats.model.environment import SiteContext
from datacats.model.names import container_name
from datacats.model.probe import ExecProbe
from datacats.model.service import ContainerSpec, Limits, ServiceSpec
from datacats.services.common import memory, on_back, part, restart, service_labels

SERVICE = "solr"
HOME = "/var/solr"
URL = "http://solr:8983/solr/ckan"

_QUERY = """\
exec 3<> /dev/tcp/127.0.0.1/8983 || exit 1
printf 'POST /solr/ckan/select HTTP/1.0\\r\\nHost: localhost\\r\\n' >&3
printf 'Content-Type: application/x-www-form-urlencoded\\r\\nContent-Length: %d\\r\\n\\r\\n%s' ${#1} "$1" >&3
IFS= read -r status <&3
while IFS= read -r line <&3 && [[ $line != $'\\r' ]]; do :; done
cat <&3
[[ $status == HTTP/*' 200 '* ]] || { printf '%s' "${status%$'\\r'}" >&2; exit 22; }
"""
REFUSED = 22
"""How the command of ``query`` ends when Solr answers with an error; its status line is on standard error then."""


def describe(context: SiteContext) -> ServiceSpec:
    """Describe Solr."""
    spec = ContainerSpec(
        name=container(context),
        image=context.site.images.search,
        command=(),
        user=context.user,
        env={"SOLR_HEAP": "192m" if context.site.low_memory else "512m"},
        mounts=(part(context, SERVICE, HOME),),
        tmpfs={"/tmp": "mode=1777,size=64m"},  # noqa: S108 - a path in the container
        networks=on_back(context, SERVICE),
        restart=restart(context),
        limits=Limits(memory=memory(context, 1024, 512)),
        stop_grace=30,
        hostname=SERVICE,
        labels=service_labels(context, SERVICE),
    )
    return ServiceSpec(SERVICE, spec)


def container(context: SiteContext) -> str:
    """The name of the site's Solr container."""
    return container_name(SERVICE, context.environment.name, context.site.name)


def query(parameters: str) -> tuple[str, ...]:
    """The command that, inside the container, prints what the core answers to URL-encoded parameters."""
    return ("bash", "-c", _QUERY, "query", parameters)


def probe(context: SiteContext) -> ExecProbe:
    """Solr is ready when its core answers a query."""
    return ExecProbe(
        container=container(context),
        command=("/usr/lib/datacats/ready", "60"),
        deadline=75,
        what="answers a query",
    )
