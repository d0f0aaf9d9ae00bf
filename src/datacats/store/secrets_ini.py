"""``secrets.ini``: settings of CKAN's that a user must keep secret, such as a password for sending mail.

It lies in the data directory of a site, readable by its owner only; the source directory is committed.
"""

from __future__ import annotations

from pathlib import Path

from datacats.model.environment import Environment
from datacats.model.ports import Disk
from datacats.store import ini_file

NAME = "secrets.ini"

_NEW = b"""\
# Settings of CKAN's that only this site knows. "datacats config set KEY" writes here what is secret.
[app:main]
"""


def path(environment: Environment, site: str) -> Path:
    """Return where it lies."""
    return environment.site_directory(site) / NAME


def read(disk: Disk, environment: Environment, site: str) -> bytes:
    """Return its content; that of a new one where there is none."""
    place = path(environment, site)
    return disk.read(place) if disk.entry(place) is not None else _NEW


def settings(disk: Disk, environment: Environment, site: str) -> dict[str, str]:
    """Return the settings in it. Raises ConfigError when it cannot be read."""
    place = path(environment, site)
    merged = ini_file.settings(place, read(disk, environment, site))
    return {key: value.replace("%%", "%") for key, value in merged.items() if key not in ini_file.NOT_SETTINGS}
