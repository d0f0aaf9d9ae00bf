"""The one-off container that resolves and installs extensions: it talks out, and sees nothing of a site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from datacats.model import labels
from datacats.model.environment import SiteContext
from datacats.model.image import ImageRef
from datacats.model.service import Attachment, ContainerSpec, Limits, Mount
from datacats.services import web
from datacats.services.common import RUN, front, site_labels

RESOLVE, LAY = "resolve", "lay"
"""What it can be told to do: ask an index, or write a layer."""

_CACHE = "/cache"
_TOLD = ("variables", "uv.toml")
_AUTHORITIES = "authorities.pem"


def describe(context: SiteContext, image: ImageRef, verb: str, places: tuple[Path, Path, Path | None]) -> ContainerSpec:
    """Describe it. ``places`` are the private files, the cache, and the layer to write, all on the host."""
    private, cache, layer = places
    mounts = [
        Mount(str(context.environment.source), web.PROJECT, read_only=True),
        Mount(str(private), RUN, read_only=True),
        Mount(str(cache), _CACHE),
    ]
    if layer is not None:
        mounts.append(Mount(str(layer), web.LAYER))
    return ContainerSpec(
        name="",
        image=image,
        command=("python3", "/usr/lib/datacats/extensions.py", verb),
        user=context.host.user,
        env={
            "UV_CACHE_DIR": _CACHE,
            "UV_LINK_MODE": "copy",
            "UV_PYTHON_DOWNLOADS": "never",
            **_settings(context),
        },
        mounts=tuple(mounts),
        tmpfs={"/tmp": "mode=1777,exec"},  # noqa: S108 - a path in the container; builds run programs there
        networks=(Attachment(front(context)),),
        limits=Limits(memory=2048),
        auto_remove=True,
        labels={**site_labels(context), labels.ONE_OFF: verb},
    )


def private_files(directory: Path, settings: Mapping[str, bytes], authorities: bytes) -> Mapping[Path, bytes | None]:
    """Return its private files: variables and settings for uv, and authorities; what the host has not is None."""
    found = {name: settings.get(name) or None for name in _TOLD}
    return {directory / name: content for name, content in {**found, _AUTHORITIES: authorities or None}.items()}


def _settings(context: SiteContext) -> dict[str, str]:
    if not context.host.authorities:
        return {}
    bundle = f"{RUN}/{_AUTHORITIES}"
    return {"SSL_CERT_FILE": bundle, "GIT_SSL_CAINFO": bundle, "REQUESTS_CA_BUNDLE": bundle}
