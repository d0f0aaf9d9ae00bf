"""Volumes that hold a site's parts: the one-off containers that fill them.

An image has a directory that anyone may write to for each part; a new volume takes its mode from the directory it is
first mounted on.
"""

from __future__ import annotations

import io
import tarfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from datacats.model import labels
from datacats.model.environment import SiteContext
from datacats.model.image import ImageRef
from datacats.model.names import STATE
from datacats.model.plan import RunOneOff
from datacats.model.service import ContainerSpec, Mount, VolumeSpec
from datacats.services import postgres, redis, solr, web
from datacats.services.common import in_volume, run_part, site_labels, volume

PURPOSE = "placement"

_TEMPLATE = "/template"
_EMPTY = 'set -e; find "$1" -mindepth 1 -delete; '
_FILL = f'{_EMPTY} tar -C "$1" --no-same-owner -xf -'
_CLONE = f'{_EMPTY} find {_TEMPLATE} -mindepth 1 -maxdepth 1 -exec cp -a --reflink=auto -t "$1" {{}} +; sync -f "$1"'


def state(context: SiteContext) -> tuple[VolumeSpec, ...]:
    """The volumes that hold a site's own state."""
    return tuple(volume(context, part) for part in STATE)


def without_template(context: SiteContext) -> tuple[VolumeSpec, ...]:
    """The volumes of which a template keeps nothing: what is made from the definition, secrets included."""
    parts = (run_part(web.SERVICE), run_part(redis.SERVICE), redis.SERVICE, web.SOURCE)
    return tuple(volume(context, part) for part in parts)


def clone(context: SiteContext, template: SiteContext, part: str, *, cause: str) -> RunOneOff:
    """Make a part anew from a template's, whatever lies there."""
    source = in_volume(template, part, _TEMPLATE, read_only=True)
    what = f"clone {source.source} to {volume(context, part).name}"
    return RunOneOff(_one_off(context, part, _CLONE, (source,)), what=what, cause=cause)


def fill(context: SiteContext, part: str, content: bytes, *, cause: str) -> RunOneOff:
    """Make a part anew from an archive."""
    what = f"fill {volume(context, part).name}"
    return RunOneOff(_one_off(context, part, _FILL, ()), content, what, cause=cause)


def archives(texts: Mapping[Path, bytes]) -> dict[str, bytes]:
    """Return private files as what fills the part of each service."""
    of_service: dict[str, dict[str, bytes]] = defaultdict(dict)
    for path, content in texts.items():
        of_service[path.parent.name][path.name] = content
    return {run_part(service): archive(files, 0o600) for service, files in of_service.items()}


def archive(files: Mapping[str, bytes], mode: int) -> bytes:
    """Return an archive for ``fill``: paths and contents. The same files give the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as written:
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(files[path]), mode
            written.addfile(entry, io.BytesIO(files[path]))
    return content.getvalue()


def _one_off(context: SiteContext, part: str, script: str, mounts: tuple[Mount, ...]) -> ContainerSpec:
    image, directory = _writable(context, part)
    return ContainerSpec(
        name="",
        image=image,
        command=("sh", "-c", script, "placement", directory),
        user=context.user,
        mounts=(*mounts, in_volume(context, part, directory)),
        auto_remove=True,
        labels={**site_labels(context), labels.ONE_OFF: PURPOSE},
    )


def _writable(context: SiteContext, part: str) -> tuple[ImageRef, str]:
    """Return an image, and its directory that anyone may write to."""
    images = context.site.images
    if part == postgres.SERVICE:
        return images.postgres, postgres.HOME
    if part == solr.SERVICE:
        return images.search, solr.HOME
    if part in {redis.SERVICE, run_part(redis.SERVICE)}:
        return images.redis, redis.HOME
    return images.web, web.STORAGE
