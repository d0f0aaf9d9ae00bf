"""The private files of each service: what is placed in the data directory's ``run/SERVICE/``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from datacats.model.environment import SiteContext
from datacats.model.secrets import Secrets
from datacats.services import ini, redis, web
from datacats.services.common import run_directory


def run_files(
    context: SiteContext, secrets: Secrets, choices: bytes, kept: Mapping[str, str] = MappingProxyType({})
) -> dict[Path, bytes]:
    """Return the path and content of every private file of a site. Each service sees only its own.

    ``choices`` is the content of the source's ``ckan.ini``, ``kept`` are its own settings that hold secrets.
    """
    files = {
        run_directory(context, web.SERVICE) / "ckan.ini": ini.render(context, secrets, choices, kept),
        run_directory(context, redis.SERVICE) / "redis.conf": redis.configuration(secrets),
    }
    if context.host.authorities:
        files[run_directory(context, web.SERVICE) / "authorities.pem"] = context.host.authorities
    return files


def configuration_digest(files: Mapping[Path, bytes], source_ini: bytes) -> str:
    """SHA-256 over what web reads only when it starts: its private files and the source's ``ckan.ini``."""
    seen = hashlib.sha256(source_ini)
    for path in sorted(files):
        if path.parent.name == web.SERVICE:
            seen.update(hashlib.sha256(files[path]).digest())
    return seen.hexdigest()
