"""The one-off container that resolves and installs extensions: it talks out, and sees nothing of a site."""

from __future__ import annotations

from pathlib import Path

from datacats.model import labels
from datacats.model.environment import SiteContext
from datacats.model.image import ImageRef
from datacats.model.service import Attachment, ContainerSpec, Limits, Mount
from datacats.services import web
from datacats.services.common import RUN, front, site_labels

PURPOSE = "install"
_CACHE = "/cache"


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
            **context.host.proxies,
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
        labels={**site_labels(context), labels.ONE_OFF: PURPOSE},
    )


def private_files(directory: Path, settings: dict[str, bytes], authorities: bytes) -> dict[Path, bytes]:
    """Return its private files: the host's settings of pip and uv by their names, and its authorities."""
    wanted = {name: content for name, content in settings.items() if name in {"pip.conf", "uv.toml"}}
    if authorities:
        wanted["authorities.pem"] = authorities
    return {directory / name: content for name, content in wanted.items()}


def _settings(context: SiteContext) -> dict[str, str]:
    env = {"PIP_CONFIG_FILE": f"{RUN}/pip.conf", "DATACATS_UV_SETTINGS": f"{RUN}/uv.toml"}
    if context.host.authorities:
        bundle = f"{RUN}/authorities.pem"
        env |= {"SSL_CERT_FILE": bundle, "GIT_SSL_CAINFO": bundle, "REQUESTS_CA_BUNDLE": bundle}
    return env
