"""The line of CKAN that a site is of, such as 2.12: it stays, for tables of a newer one could not come back."""

from __future__ import annotations

from datacats.errors import Conflict
from datacats.model.environment import Environment, Site
from datacats.model.names import called, typed
from datacats.recipes import resolve_ckan
from datacats.store import environment_file


def line(version: str) -> str:
    """Return the line of a version: ``2.12`` of ``2.12.0``."""
    return ".".join(version.split(".")[:2])


def of_another(environment: Environment, site: Site) -> Conflict | None:
    """Return the error that tells that ``datacats.toml`` asks for another line than the site's; None where it is that.

    Raises UnknownVersion for a version that datacats does not know.
    """
    wanted, runs = resolve_ckan(environment.ckan), site.images.web.version
    if line(wanted) == line(runs):
        return None
    file = environment.source / environment_file.NAME
    return Conflict(
        f"{called(environment.name, site.name)} runs CKAN {runs}; {wanted}, which {file} asks for, is of another line.",
        f'upgrade stays within one line. Put ckan = "{line(runs)}" back into {file}; or make a new environment of '
        f"CKAN {line(wanted)}, and bring the data in: {typed('db dump', f'FILE -e {environment.name}', site.name)}; "
        f"datacats create NAME --ckan {line(wanted)}; datacats db load FILE -e NAME; its files likewise, by files "
        "export and files import",
    )
