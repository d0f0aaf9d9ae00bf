"""Whether the registry that images come from answers."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address

from datacats.model.finding import Finding, Severity, ok
from datacats.model.ports import Answer, Http
from datacats.workflows.checks.facts import Facts

NAME = "registry"

_PATIENCE = 5.0


def check(facts: Facts) -> tuple[Finding, ...]:
    """Ask the configured registry for its version."""
    registry = facts.env.get("DATACATS_REGISTRY", "")
    if not registry:
        return (ok(NAME, "No registry is configured; images are built here."),)
    if facts.env.get("https_proxy") or facts.env.get("HTTPS_PROXY"):
        return (ok(NAME, f"{registry} is not asked: the engine reaches it through a proxy of its own."),)
    return judge(registry, ask(facts.ports.http, registry))


def judge(registry: str, answer: Answer) -> tuple[Finding, ...]:
    """Judge how a registry answered: even a refusal shows that it is there."""
    if answer.status:
        return (ok(NAME, f"The registry {registry} answers."),)
    if "certificate" in answer.reason.lower():
        return (
            Finding(
                NAME,
                Severity.NOTE,
                f"This host does not trust the certificate of the registry {registry}.",
                f"{answer.reason} The engine has certificates of its own.",
                f"Where pulls fail: put its authority at /etc/docker/certs.d/{registry.partition('/')[0]}/ca.crt",
            ),
        )
    return (
        Finding(
            NAME,
            Severity.WARNING,
            f"The registry {registry} does not answer: {answer.reason or 'no answer'}.",
            "Images that are not here are built instead, which takes minutes.",
            "Start it, or correct or unset DATACATS_REGISTRY.",
        ),
    )


def ask(http: Http, registry: str) -> Answer:
    """Return the registry's answer; as the engine does, one on loopback is asked without TLS."""
    host = registry.partition("/")[0]
    if _is_loopback(host.rpartition(":")[0] or host):
        return http.get(f"http://{host}/v2/", timeout=_PATIENCE)
    answer = http.get(f"https://{host}/v2/", timeout=_PATIENCE)
    if answer.status or "certificate" in answer.reason.lower():
        return answer
    plain = http.get(f"http://{host}/v2/", timeout=_PATIENCE)
    return plain if plain.status else answer


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host.strip("[]")).is_loopback
    return host == "localhost"
