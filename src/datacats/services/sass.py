"""The one-off container that compiles Sass: it sees the source and what is installed, and writes nothing."""

from __future__ import annotations

from dataclasses import replace

from datacats.model.environment import SiteContext
from datacats.model.image import ImageRef
from datacats.model.service import ContainerSpec
from datacats.services import web

PURPOSE = "sass"


def describe(context: SiteContext, image: ImageRef) -> ContainerSpec:
    """Describe it; ``image`` is the one with the compiler."""
    spec = web.one_off(context, ("python3", "/usr/lib/datacats/compile_sass.py"), purpose=PURPOSE)
    seen = tuple(mount for mount in spec.mounts if mount.target in {web.PROJECT, web.LAYER})
    return replace(spec, image=image, env={}, mounts=seen, networks=())
