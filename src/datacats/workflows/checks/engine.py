"""Whether the Docker Engine can be reached, and where."""

from __future__ import annotations

from datacats.errors import DatacatsError
from datacats.model.finding import Finding, Severity, ok
from datacats.model.observed import EngineInfo
from datacats.workflows.checks.facts import Facts

NAME = "engine"


def check(facts: Facts) -> tuple[Finding, ...]:
    """Say where the engine is looked for and whether it answers."""
    return judge(facts.ports.engine.address, facts.engine.info, facts.engine.error)


def judge(address: str, info: EngineInfo | None, error: DatacatsError | None) -> tuple[Finding, ...]:
    """Judge how an engine at ``address`` answered."""
    if info is None:
        said = error.message if error else "The Docker Engine did not answer."
        return (Finding(NAME, Severity.ERROR, said, f"It is looked for at {address}.", error.hint if error else ""),)
    kind = "rootless " if info.rootless else ""
    return (ok(NAME, f"The {kind}Docker Engine {info.version} (API {info.api}) answers at {address}."),)
