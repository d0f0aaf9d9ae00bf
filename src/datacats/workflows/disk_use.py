"""How much room each part of a site takes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from datacats.errors import DatacatsError
from datacats.model.environment import Environment, Placement, Site
from datacats.model.names import STATE, volume_name
from datacats.model.ports import Ports
from datacats.store import layer

_PATIENCE = "3"
"""Seconds to count in: a site may have a hundred thousand files, and what was counted by then is told."""

_PARTS = {"postgres": "database", "solr": "index", "redis": "queue", "files": "files"}


def measure(ports: Ports, environment: Environment, site: Site) -> Mapping[str, int | None]:
    """Return the bytes that each part takes, in one look; None where nobody can tell, or not in time."""
    parts = _places(ports, environment, site)
    counted = _du(ports, [path for path in parts.values() if path.parts])
    sizes = {part: counted.get(path) for part, path in parts.items()}
    if site.placement is not Placement.BIND:
        held = _volumes(ports)
        sizes |= {_PARTS[part]: held.get(volume_name(part, environment.name, site.name)) for part in STATE}
    return sizes


def _places(ports: Ports, environment: Environment, site: Site) -> dict[str, Path]:
    """Return the directory of each part that is on this host, and of each that there is elsewhere no path at all."""
    directory, installed = environment.site_directory(site.name), layer.current(ports.disk, environment)
    return {
        "source": environment.source,
        **{word: directory / part if site.placement is Placement.BIND else Path() for part, word in _PARTS.items()},
        **({"layer": environment.layer(installed)} if installed else {}),
    }


def _du(ports: Ports, paths: list[Path]) -> dict[Path, int]:
    """Let du count: it tells each directory as soon as it has it."""
    with suppress(DatacatsError):
        done = ports.disk.run(("timeout", _PATIENCE, "du", "-sk", "--", *map(str, paths)))
        lines = (line.partition("\t") for line in done.stdout.decode(errors="surrogateescape").splitlines())
        return {Path(path): int(size) * 1024 for size, tab, path in lines if tab and size.isdecimal()}
    return {}


def _volumes(ports: Ports) -> Mapping[str, int]:
    with suppress(DatacatsError):
        return ports.engine.volumes.sizes()
    return {}
