"""The private files of a site as they should be, from what is written down about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datacats.model.environment import Environment, SiteContext
from datacats.model.ports import Disk
from datacats.model.secrets import Secrets
from datacats.services import files, ini
from datacats.store import secrets_ini, site_file, source
from datacats.workflows.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files by their paths, and what they were made from: the source's ``ckan.ini`` and the site's secrets."""

    texts: Mapping[Path, bytes]
    choices: bytes
    secrets: Secrets


def of(workspace: Workspace, context: SiteContext) -> Rendered:
    """Render a site's private files. Raises ConfigError for a ``ckan.ini`` that cannot be used."""
    disk, environment, site = workspace.ports.disk, context.environment, context.site.name
    choices = source.check_ini(disk, environment.source, ini.OWNED)
    found = site_file.read_secrets(disk, environment, site)
    texts = files.run_files(context, found, choices, own_secrets(disk, environment, site))
    return Rendered(texts, choices, found)


def own_secrets(disk: Disk, environment: Environment, site: str) -> dict[str, str]:
    """Return the settings of a site that hold secrets: those of its user, and API tokens of extensions."""
    return {**secrets_ini.settings(disk, environment, site), **site_file.read_tokens(disk, environment, site)}
