"""A whole site, described: networks, services, and the SQL that makes its roles current."""

from __future__ import annotations

from dataclasses import dataclass

from datacats.model.environment import SiteContext
from datacats.model.names import BESIDE_WEB
from datacats.model.plan import Operation
from datacats.model.probe import ExecProbe, HttpProbe
from datacats.model.secrets import Secrets
from datacats.model.service import NetworkSpec, ServiceSpec
from datacats.model.switches import is_on
from datacats.services import common, cron, mail, postgres, processes, redis, solr, web


@dataclass(frozen=True, slots=True)
class Desired:
    """What should be there for one site.

    ``services`` are in start order; ``passwords`` runs whenever PostgreSQL is started; ``ready`` is how each
    service that has a probe shows that it can be used.
    """

    networks: tuple[NetworkSpec, ...]
    services: tuple[ServiceSpec, ...]
    passwords: Operation
    ready: tuple[tuple[str, ExecProbe | HttpProbe], ...]


def describe(context: SiteContext, secrets: Secrets, configuration: str) -> Desired:
    """Describe a site. ``configuration`` is what ``configuration_digest`` returned for its files."""
    answers = solr.probe(context)
    return Desired(
        networks=common.networks(context),
        services=(
            postgres.describe(context),
            solr.describe(context),
            redis.describe(context),
            web.describe(context, configuration),
            *(
                _beside_web(context, each, configuration)
                for each in BESIDE_WEB
                if is_on(each, context.environment, context.site)
            ),
        ),
        passwords=postgres.passwords(context, secrets, cause="the roles' passwords must be the site's own"),
        ready=((solr.SERVICE, answers), (web.SERVICE, web.probe(context, answers))),
    )


def _beside_web(context: SiteContext, service: str, configuration: str) -> ServiceSpec:
    if service == mail.SERVICE:
        return mail.describe(context)
    if service == cron.SERVICE:
        return cron.describe(context, configuration)
    return processes.describe(context, service, configuration)
