"""Whether the port that is promised to each site is still the site's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datacats.model.derived_port import next_port
from datacats.model.finding import Finding, Severity, ok
from datacats.workflows.checks.facts import Facts
from datacats.workflows.checks.seen_data import SeenSite

NAME = "ports"


@dataclass(frozen=True, slots=True)
class Promised:
    """A site's port: who else has it (None = nobody), and one that is free."""

    seen: SeenSite
    holder: str | None
    free: int


def check(facts: Facts) -> tuple[Finding, ...]:
    """Look who has each promised port."""
    if not (facts.engine.info and facts.engine.is_local):
        return ()
    return judge([_promised(facts, seen) for seen in facts.data.sites])


def judge(promised: Sequence[Promised]) -> tuple[Finding, ...]:
    """Judge the ports of sites."""
    found = tuple(_taken(each, each.holder) for each in promised if each.holder is not None)
    return found or (ok(NAME, "Every promised port is free, or in use by its own site."),)


def _taken(each: Promised, holder: str) -> Finding:
    return Finding(
        NAME,
        Severity.ERROR,
        f"Port {each.seen.site.port} of {each.seen.name} is taken by {holder or 'somebody else'}.",
        "The site cannot start on it.",
        f"Stop that, or give the site another port: datacats start {each.seen.words} {each.free}",
    )


def _promised(facts: Facts, seen: SeenSite) -> Promised:
    holder = _twin(facts, seen) or _holder(facts, seen)
    port = seen.site.port
    if holder is not None:
        promised = {each.site.port for each in facts.data.every_site}
        port = next_port(port)
        while port in promised or facts.ports.http.port_holder(seen.site.address, port) is not None:
            port = next_port(port)
    return Promised(seen, holder, port)


def _twin(facts: Facts, seen: SeenSite) -> str | None:
    """The first of two sites with one port keeps it."""
    same = [each for each in facts.data.every_site if each.site.port == seen.site.port]
    return None if same[0].name == seen.name else f"the site {same[0].name}"


def _holder(facts: Facts, seen: SeenSite) -> str | None:
    site, web = seen.site, facts.web(seen)
    if web and any(published.port == site.port for published in web.ports):
        return None
    for container in facts.engine.containers:
        if container.running and any(published.port == site.port for published in container.ports):
            return f"the container {container.name}"
    return facts.ports.http.port_holder(site.address, site.port)
