"""One-off containers that see a ``ckan.ini`` that is to come: what serves meanwhile sees the source directory's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from datacats.model.environment import SiteContext
from datacats.model.service import ContainerSpec, Mount
from datacats.services import web
from datacats.services.common import RUN, run_directory, run_mount

NAME = "trial"
"""What stands in the name of their private files where a service's stands in its own."""

_SHOWN = "shown.ini"


def one_off(context: SiteContext, command: tuple[str, ...], *, purpose: str) -> ContainerSpec:
    """Describe a one-off container as web's, with other private files, and the file over the source's ``ckan.ini``."""
    spec = web.one_off(context, command, purpose=purpose)
    mounts = (run_mount(context, NAME) if each.target == RUN else each for each in spec.mounts)
    return replace(spec, mounts=(*mounts, Mount(str(shown(context)), f"{web.PROJECT}/ckan.ini", read_only=True)))


def shown(context: SiteContext) -> Path:
    """Where the ``ckan.ini`` lies on the host that is shown in place of the source's."""
    return run_directory(context, NAME) / _SHOWN
