"""The one-off container that looks whether its engine sees our files, and whether its users are this host's."""

from __future__ import annotations

import io
from pathlib import Path

from datacats.model import labels
from datacats.model.environment import IMAGE_USER, SiteContext
from datacats.model.ports import Streams
from datacats.model.service import ContainerSpec, Mount
from datacats.services.common import RUN, site_labels

PURPOSE = "probe"

SEEN, OWN = "seen", "own"
"""A file that anyone may read, and one that only its owner may."""

UNSEEN, FOREIGN = 63, 64
"""The exit statuses that say: the files are not ours; the user is not ours. 0 says that both are."""

_SCRIPT = f"""\
[ "$(cat {RUN}/{SEEN})" = "$1" ] || exit {UNSEEN}
[ "$(cat {RUN}/{OWN})" = "$1" ] || exit {FOREIGN}
"""


def describe(context: SiteContext, directory: Path, nonce: str, *, foreign: bool) -> ContainerSpec:
    """Describe it. A ``foreign`` engine, which says that users are not ours, need not have a user of our number."""
    return ContainerSpec(
        name="",
        image=context.site.images.redis,
        command=("sh", "-c", _SCRIPT, "probe", nonce),
        user=":".join(map(str, IMAGE_USER)) if foreign else context.host.user,
        mounts=(Mount(str(directory), RUN, read_only=True),),
        auto_remove=True,
        labels={**site_labels(context), labels.ONE_OFF: PURPOSE},
    )


def silence() -> Streams:
    """Streams that say nothing to anybody."""
    return Streams(None, io.BytesIO(), io.BytesIO())
