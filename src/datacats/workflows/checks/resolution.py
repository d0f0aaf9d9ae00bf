"""Whether names resolve: on the host those that its settings name, in containers those of the other services."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from datacats.errors import DatacatsError, NoSuchContainer
from datacats.model.finding import Finding, Severity, ok
from datacats.model.names import BACKING_SERVICES
from datacats.model.ports import Disk
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "names"

_SETTINGS = ("http_proxy", "https_proxy", "DATACATS_REGISTRY", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")
_LOOK = 'for name in "$@"; do getent hosts "$name" >/dev/null || echo "$name"; done'


def check(facts: Facts) -> tuple[Finding, ...]:
    """Resolve names on the host and in the web container of each running site."""
    wanted = ("localhost", *sorted(configured(facts.env)))
    inside = [(seen, _unknown_inside(facts, seen)) for seen in facts.data.sites if facts.web(seen)]
    unknown = [name for name in wanted if not _is_known(facts.ports.disk, name)]
    return judge(unknown, None if facts.engine.info is None else inside)


def judge(unknown: Sequence[str], inside: Sequence[tuple[SeenSite, Sequence[str]]] | None) -> tuple[Finding, ...]:
    """Judge the names that did not resolve: on the host, and in sites; None where nobody could look into these."""
    found = [*(_on_host(name) for name in unknown), *(_in_site(*each) for each in inside or () if each[1])]
    if inside is None:
        return (*found, Finding(NAME, Severity.NOTE, "Not looked at in sites: the engine cannot be used."))
    return tuple(found) or (ok(NAME, "Names resolve on this host, and in every site that runs."),)


def configured(env: Mapping[str, str]) -> set[str]:
    """Return the hosts that process variables name, without addresses."""
    values = (env.get(name) or env.get(name.upper()) or "" for name in _SETTINGS)
    hosts = {urlsplit(value if "://" in value else f"//{value}").hostname for value in values}
    return {host for host in hosts if host and not _is_address(host)}


def _on_host(name: str) -> Finding:
    return Finding(
        NAME,
        Severity.WARNING,
        f"This host does not know the name {name}.",
        "Images are pulled and built through it; once they are here, nothing is needed from there.",
        f"See what the resolver says: getent hosts {name}; it reads /etc/hosts and /etc/resolv.conf.",
    )


def _in_site(seen: SeenSite, unknown: Sequence[str]) -> Finding:
    return Finding(
        NAME,
        Severity.ERROR,
        f"Web of {seen.name} does not find {' and '.join(unknown)}.",
        "Docker's own resolver answers for containers that run on the same network.",
        "; ".join(f"datacats restart {service} {seen.words}" for service in unknown),
    )


def _is_known(disk: Disk, name: str) -> bool:
    """A host without getent is given the benefit of the doubt."""
    with suppress(DatacatsError):
        return disk.run(("getent", "hosts", name)).exit_code == 0
    return True


def _unknown_inside(facts: Facts, seen: SeenSite) -> tuple[str, ...]:
    web = facts.web(seen)
    if web is not None:
        with suppress(NoSuchContainer):  # it ended this moment
            done = facts.ports.engine.containers.execute(web.name, ("sh", "-c", _LOOK, "sh", *BACKING_SERVICES))
            return tuple(_words(done.stdout.decode(errors="replace")))
    return ()


def _words(text: str) -> Iterator[str]:
    return (word for word in re.split(r"\s+", text) if word in BACKING_SERVICES)


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False
