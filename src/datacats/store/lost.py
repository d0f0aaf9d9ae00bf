"""What is gone of a site that was complete: parts of its data that something else than datacats has removed."""

from __future__ import annotations

from pathlib import Path

from datacats.model.environment import Environment, Phase, Placement, Site
from datacats.model.ports import Disk
from datacats.store import site_file

WORDS = {
    "secrets": "keys and passwords",
    "postgres": "database",
    "files": "uploaded files",
    "solr": "search index",
    "redis": "sessions and waiting jobs",
    "layer": "installed extensions",
}
"""Each part that can be lost, in words."""

FOR_GOOD = ("secrets", "postgres", "files")
"""The parts that nothing else tells: only a copy of them brings them back."""


def parts(disk: Disk, environment: Environment, site: Site, layer: str) -> tuple[str, ...]:
    """Return which parts of a site are gone or emptied, those first that are gone for good.

    ``layer`` names the installed extensions in use. Of parts in volumes the engine knows. A site in the making has
    lost nothing: what it lacks is still to come.
    """
    if site.phase is Phase.CREATING:
        return ()
    directory = environment.site_directory(site.name)
    gone = {
        "secrets": disk.entry(site_file.secrets_path(environment, site.name)) is None,
        "layer": bool(layer) and disk.entry(environment.layer(layer)) is None,
    }
    if site.placement is Placement.BIND:
        was_used = disk.entry(directory / "run" / "redis" / "redis.conf") is not None
        gone |= {
            "postgres": disk.entry(directory / "postgres" / "data" / "PG_VERSION") is None,
            "files": not disk.names(directory / "files"),
            "solr": disk.entry(directory / "solr" / "data" / "index") is None,
            "redis": was_used and disk.entry(directory / "redis") is None,
        }
    return tuple(part for part in WORDS if gone.get(part))


def index_mark(environment: Environment, site: str) -> Path:
    """Return the file that is there from the loss of a search index until it is complete again."""
    return environment.site_directory(site) / "solr.rebuild"
