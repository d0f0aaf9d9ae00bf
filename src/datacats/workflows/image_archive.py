"""The archive that images travel in: its ``manifest.json`` names them."""

from __future__ import annotations

import gzip
import json
import lzma
import tarfile
import zlib
from typing import BinaryIO

from datacats.errors import Conflict, UsageError

_BROKEN = (tarfile.TarError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, LookupError, TypeError, ValueError)


def names(source: BinaryIO) -> tuple[str, ...]:
    """Return the names of the images in an archive, compressed or not; it is read from where it stands.

    Raises UsageError for what is no archive of images, Conflict for one with images that are not of datacats.
    """
    try:
        with tarfile.open(fileobj=source) as archive:
            manifest = archive.extractfile("manifest.json")
            content = manifest.read() if manifest else b""
            held = [image["RepoTags"] or ["an image without a name"] for image in json.loads(content)]
    except _BROKEN as error:
        raise UsageError(
            "That is no archive of images, or not the whole of one.", "One is made by: datacats images save FILE"
        ) from error
    found = tuple(name for each in held for name in each)
    foreign = [name for name in found if not name.startswith("datacats/")]
    if foreign or not found:
        raise Conflict(
            f"The archive holds {', '.join(foreign) or 'no image'}; only images of datacats are loaded.",
            "What else is in it comes by: docker load -i FILE",
        )
    return found
